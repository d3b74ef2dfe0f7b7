import Contract
import Money
import PayPal

/// Holds PayPal's list of our account, and the items of its batches, against the books. Pure.
///
/// **Invariant:** every line of the list in the time asked for, and every booking in it that moved
/// money at PayPal, is in exactly one answer: matched, or open with a reason.
///
/// A payment is known by its id, a refund by the payment it refers to, a payout by the transaction
/// of its item. Top-ups and withdrawals have no id in common: one of the same amount within some days
/// is taken for the same.
struct Reconciliation {
  /// PayPal says that a line takes up to three hours to be shown.
  static let shownAfterMilliseconds: Int64 = 3 * 3_600_000
  /// Lines are looked for this long before and after, so that the edges of the time match.
  static let marginMilliseconds: Int64 = 86_400_000
  private static let fundingMilliseconds: Int64 = 3 * 86_400_000

  /// A booking that moved money at PayPal.
  struct Booked: Hashable, Sendable {
    let entryID: String
    let kind: ReconcileKind
    let orderID: String
    let at: Int64
    /// Before the fee; negative when it went.
    let amount: Amount
  }

  /// What is booked about a payment.
  struct Captured: Hashable, Sendable {
    let orderID: String
    let captureID: String
    let price: Amount
    let fee: Amount
  }

  /// A payout's generation that PayPal took.
  struct Sent: Hashable, Sendable {
    let payoutID: String
    let senderItemID: String
    let amount: Amount
    let fee: Amount?
    /// Of this generation: PENDING when it ended and another follows.
    let state: Payout.State
    let at: Int64

    /// Whether the payee's account has the money again.
    var isOver: Bool { [.pending, .failed, .returned].contains(state) }
  }

  /// A batch: what is booked about it, and what PayPal shows; nil when that could not be read.
  struct Batch: Hashable, Sendable {
    let sent: [Sent]
    let report: BatchReport?
    /// Made before the time that is asked for: only what the list shows of it is answered.
    var isOlder = false
  }

  /// One answer.
  struct Line: Hashable, Sendable {
    let kind: ReconcileKind
    let reason: ReconcileReason
    /// The entry, the payout, or PayPal's own code of what the books do not know.
    let subject: String
    let providerID: String
    var booked: Amount?
    var reported: Amount?
    var text = ""
    let since: Int64
  }

  let from: Int64
  let until: Int64
  let now: Int64
  /// Of the time asked for and its margins.
  let bookings: [Booked]
  /// By PayPal's id, of all lines and of what they refer to.
  let captures: [String: Captured]
  let batches: [Batch]
  /// By PayPal's id: what a person attested to be paid.
  let attested: [String: Sent]
  let list: PayPalTransactionList

  private(set) var lines: [Line] = []
  private var unseen: [String: Booked] = [:]
  private var items: [String: (sent: Sent, item: BatchReport.Item)] = [:]
  private var seenItems: Set<String> = []

  init(
    from: Int64, until: Int64, now: Int64, bookings: [Booked], captures: [String: Captured],
    batches: [Batch], attested: [String: Sent], list: PayPalTransactionList
  ) {
    (self.from, self.until, self.now) = (from, until, now)
    (self.bookings, self.captures, self.list) = (bookings, captures, list)
    (self.batches, self.attested) = (batches, attested)
    unseen = Dictionary(bookings.map { ($0.entryID, $0) }, uniquingKeysWith: { $1 })
    for batch in batches { take(batch) }
    for line in list.transactions where line.status != "D" {
      let answer = answer(to: line)
      if isAsked(line.initiatedAt) { lines.append(answer) }
    }
    for booking in bookings where unseen[booking.entryID] != nil && isAsked(booking.at) {
      lines.append(missing(booking))
    }
    for (sent, item) in items.values.sorted(by: { $0.sent.senderItemID < $1.sent.senderItemID })
    where !seenItems.contains(item.transactionID) && isAsked(sent.at) && item.status == "SUCCESS" {
      lines.append(missing(sent, item))
    }
  }

  private func isAsked(_ time: Int64) -> Bool { from <= time && time < until }

  // MARK: Batches

  private mutating func take(_ batch: Batch) {
    if batch.isOlder {
      let sent = Dictionary(batch.sent.map { ($0.senderItemID, $0) }, uniquingKeysWith: { $1 })
      for item in batch.report?.items ?? [] where !item.transactionID.isEmpty {
        if let known = sent[item.senderItemID] { items[item.transactionID] = (known, item) }
      }
      return
    }
    guard let report = batch.report else {
      lines += batch.sent.map {
        open($0, .notAtProvider, "", "its batch could not be read at PayPal now; ask again")
      }
      return
    }
    let sent = Dictionary(batch.sent.map { ($0.senderItemID, $0) }, uniquingKeysWith: { $1 })
    for item in report.items {
      guard let known = sent[item.senderItemID] else {
        lines.append(
          Line(
            kind: .payout, reason: .notInBooks, subject: item.senderItemID,
            providerID: item.itemID, reported: item.amount,
            text: "PayPal's batch \(report.batchID) has an item that the ledger never sent",
            since: batch.sent.first?.at ?? from))
        continue
      }
      if !item.transactionID.isEmpty { items[item.transactionID] = (known, item) }
      lines.append(answer(to: known, item, report))
    }
    let shown = Set(report.items.map(\.senderItemID))
    for one in batch.sent where !shown.contains(one.senderItemID) && !one.isOver {
      let isYoung = now - one.at < Self.shownAfterMilliseconds && report.batchStatus != "SUCCESS"
      lines.append(
        open(
          one, isYoung ? .notYetShown : .notAtProvider, "",
          "PayPal's batch \(report.batchID) is \(report.batchStatus) and does not show it"))
    }
  }

  private func answer(to sent: Sent, _ item: BatchReport.Item, _ report: BatchReport) -> Line {
    let verdict = PayoutVerdict(item, ofBatch: report.batchStatus, asked: sent.amount)
    if let amount = item.amount, amount != sent.amount {
      return open(sent, .amountDiffers, item.itemID, "the item is over \(amount)", amount)
    }
    let isSame =
      switch verdict {
      case .paid: sent.state == .paid
      case .open: !sent.isOver && sent.state != .paid
      case .ended: sent.isOver
      }
    guard isSame else {
      return open(
        sent, .stateDiffers, item.itemID,
        "PayPal says \(item.status), the ledger \(sent.state.rawValue)", item.amount)
    }
    if case .paid(let fee?) = verdict, let booked = sent.fee, booked != fee {
      return open(sent, .feeDiffers, item.itemID, "PayPal's fee is \(fee), booked \(booked)")
    }
    return Line(
      kind: .payout, reason: .matched, subject: sent.payoutID, providerID: item.itemID,
      booked: sent.amount, reported: item.amount, since: sent.at)
  }

  private func open(
    _ sent: Sent, _ reason: ReconcileReason, _ providerID: String, _ text: String,
    _ reported: Amount? = nil
  ) -> Line {
    Line(
      kind: .payout, reason: reason, subject: sent.payoutID, providerID: providerID,
      booked: sent.amount, reported: reported, text: text, since: sent.at)
  }

  // MARK: The list

  private mutating func answer(to line: PayPalTransaction) -> Line {
    if let capture = captures[line.id] { return answer(to: line, capture) }
    if let known = items[line.id] {
      seenItems.insert(line.id)
      return answer(to: line, known.sent)
    }
    if let sent = attested[line.id] { return answer(to: line, sent) }
    if let known = items[line.referenceID], line.amount.isPositive {
      return answer(toReturn: line, known.sent)
    }
    if let capture = captures[line.referenceID] {
      let found = bookings.first {
        $0.orderID == capture.orderID && $0.kind == .refund && unseen[$0.entryID] != nil
          && isSame($0.amount, line)
      }
      return answer(to: line, .refund, found, "a refund of order \(capture.orderID)")
    }
    let found = bookings.first {
      $0.kind == .funding && unseen[$0.entryID] != nil && isSame($0.amount, line)
        && abs($0.at - line.initiatedAt) <= Self.fundingMilliseconds
    }
    return answer(to: line, found == nil ? .other : .funding, found, "\(line.eventCode)")
  }

  /// With the fee or without it, as some lines carry one.
  private func isSame(_ amount: Amount, _ line: PayPalTransaction) -> Bool {
    if amount == line.amount { return true }
    guard let fee = line.fee, fee.currency == amount.currency,
      line.amount.currency == amount.currency
    else { return false }
    return amount.minorUnits
      == line.amount.minorUnits.addingReportingOverflow(fee.minorUnits)
      .partialValue
  }

  private mutating func answer(to line: PayPalTransaction, _ capture: Captured) -> Line {
    unseen["\(capture.orderID)/capture"] = nil
    let fee = line.fee ?? .zero(line.amount.currency)
    var (reason, text) = (ReconcileReason.matched, "")
    if line.status == "P" {
      (reason, text) = (.pendingAtProvider, "it is booked, PayPal holds it")
    } else if line.amount != capture.price {
      (reason, text) = (.amountDiffers, "PayPal took \(line.amount), booked \(capture.price)")
    } else if fee.minorUnits != -capture.fee.minorUnits {
      (reason, text) = (.feeDiffers, "PayPal's fee is \(fee), booked \(capture.fee)")
    }
    return Line(
      kind: .capture, reason: reason, subject: "\(capture.orderID)/capture", providerID: line.id,
      booked: capture.price, reported: line.amount, text: text, since: line.initiatedAt)
  }

  private func answer(to line: PayPalTransaction, _ sent: Sent) -> Line {
    let isSame =
      line.amount.currency == sent.amount.currency
      && line.amount.minorUnits == -sent.amount.minorUnits
    return Line(
      kind: .payout, reason: isSame ? .matched : .amountDiffers, subject: sent.payoutID,
      providerID: line.id, booked: sent.amount, reported: line.amount,
      text: isSame ? "" : "PayPal moved \(line.amount), \(sent.amount) was sent",
      since: line.initiatedAt)
  }

  private func answer(toReturn line: PayPalTransaction, _ sent: Sent) -> Line {
    Line(
      kind: .payout, reason: sent.isOver ? .matched : .stateDiffers, subject: sent.payoutID,
      providerID: line.id, booked: sent.amount, reported: line.amount,
      text: sent.isOver ? "" : "it came back, the ledger has it \(sent.state.rawValue)",
      since: line.initiatedAt)
  }

  private mutating func answer(
    to line: PayPalTransaction, _ kind: ReconcileKind, _ found: Booked?, _ what: String
  ) -> Line {
    if let found { unseen[found.entryID] = nil }
    return Line(
      kind: kind, reason: found == nil ? .notInBooks : .matched, subject: found?.entryID ?? what,
      providerID: line.id, booked: found?.amount, reported: line.amount,
      text: found == nil ? "PayPal shows it (\(line.eventCode)), the ledger does not know it" : "",
      since: line.initiatedAt)
  }

  // MARK: What the list does not show

  private func missing(_ booking: Booked) -> Line {
    Line(
      kind: booking.kind, reason: reason(ofMissing: booking.at), subject: booking.entryID,
      providerID: captures.values.first { "\($0.orderID)/capture" == booking.entryID }?.captureID
        ?? "",
      booked: booking.amount, text: "it is booked, PayPal's list does not show it",
      since: booking.at)
  }

  private func missing(_ sent: Sent, _ item: BatchReport.Item) -> Line {
    Line(
      kind: .payout, reason: reason(ofMissing: sent.at), subject: sent.payoutID,
      providerID: item.transactionID, booked: sent.amount,
      text: "PayPal paid the item, its list does not show the transaction", since: sent.at)
  }

  private func reason(ofMissing time: Int64) -> ReconcileReason {
    let isShown = list.refreshedAt.map { time < $0 } ?? true
    return isShown && now - time > Self.shownAfterMilliseconds ? .notAtProvider : .notYetShown
  }
}
