import Contract
import Money
import Runtime

extension Contract.Posting {
  init(_ line: JournalHash.Line) {
    self.init(
      debitAccount: line.debit, creditAccount: line.credit,
      amount: .init(minorUnits: line.minorUnits, currency: line.currency))
  }
}

extension Contract.JournalEntry {
  init(_ stored: StoredEntry) {
    let content = stored.content
    self.init(
      entryID: content.entryID, sequence: content.sequence, kind: content.kind,
      orderID: content.orderID, environment: .init(rawValue: Int32(content.environment)),
      occurredAt: Timestamp(milliseconds: content.occurredAt),
      recordedAt: Timestamp(milliseconds: content.recordedAt),
      postings: content.lines.map { Contract.Posting($0) }, hash: stored.hash,
      recordedBy: stored.recordedBy)
  }
}

extension Sale {
  /// What does not exist before the sale is absent.
  init(_ books: OrderBooks) throws(MoneyError) {
    let capture = books.capture
    self.init(
      orderID: capture.orderID, userID: capture.userID, environment: capture.environment,
      price: .init(capture.price), paymentFee: .init(capture.paymentFee),
      refunded: .init(books.refunded), supplierRefunded: .init(books.supplierRefunded),
      held: .init(books.held), captureID: capture.captureID)
    guard let booked = books.sale else { return }
    let (sale, figures) = (booked.sale, try SaleRules.figures(try books.terms(of: booked)))
    landedCost = .init(sale.landedCost)
    gross = .init(figures.gross)
    commission = .init(figures.commission)
    net = .init(figures.net)
    commissionRateBps = Int32(booked.rateBasisPoints)
    fundedBy = sale.fundedBy.rawValue
    productURL = sale.productURL
    marketplace = sale.marketplace
    if capture.userID != 0 {
      adminPayoutID = Payout.id(order: sale.orderID, payee: .admin)
      resellerPayoutID = Payout.id(order: sale.orderID, payee: .reseller(sale.userID))
    }
    occurredAt = Timestamp(milliseconds: booked.occurredAt)
    recordedAt = Timestamp(milliseconds: booked.recordedAt)
  }
}

extension Contract.Payout {
  init(_ payout: Payout) {
    self.init(
      payoutID: payout.payoutID, orderID: payout.orderID, payee: "\(payout.payee)",
      environment: payout.environment, state: payout.state.contract, due: .init(payout.due),
      amount: payout.amount.map { .init($0) }, fee: payout.fee.map { .init($0) },
      generation: Int32(payout.generation), paypalBatchID: payout.batchID,
      paypalItemID: payout.itemID, reason: payout.reason.map { Reason($0) },
      recipientEmail: payout.recipientEmail,
      nextAt: payout.nextAt == 0 ? nil : Timestamp(milliseconds: payout.nextAt),
      createdAt: Timestamp(milliseconds: payout.createdAt),
      updatedAt: Timestamp(milliseconds: payout.updatedAt), coveredBy: payout.coveredBy,
      left: payout.left.map { .init($0) })
  }
}

extension PayoutEnd {
  init(_ end: PayoutStore.End) {
    self.init(
      generation: Int32(end.generation), state: end.state.contract, amount: .init(end.amount),
      recipientEmail: end.recipientEmail, paypalBatchID: end.batchID, paypalItemID: end.itemID,
      reason: end.reason.map { Reason($0) }, endedAt: Timestamp(milliseconds: end.endedAt))
  }
}

extension Reason {
  init(_ reason: PayoutReason) {
    self.init(
      code: reason.code.rawValue, text: reason.text, owner: reason.owner,
      providerCode: reason.providerCode)
  }
}

extension StatementLine {
  init(_ line: Journal.StatementLine) {
    self.init(
      entryID: line.entryID, occurredAt: Timestamp(milliseconds: line.occurredAt),
      amount: .init(line.amount), balance: .init(line.balance))
  }
}

extension TrialBalanceResponse {
  init(_ lines: [Journal.Line], entries: Int64, headHash: [UInt8]) {
    func money(_ units: Int64, _ currency: String) -> Contract.Money {
      .init(minorUnits: units, currency: currency)
    }
    var totals: [(currency: String, debits: Int64, credits: Int64)] = []
    for line in lines {
      if totals.last?.currency != line.currency { totals.append((line.currency, 0, 0)) }
      totals[totals.count - 1].debits += line.debits
      totals[totals.count - 1].credits += line.credits
    }
    self.init(
      lines: lines.map {
        TrialBalanceLine(
          account: $0.account, debits: money($0.debits, $0.currency),
          credits: money($0.credits, $0.currency),
          balance: money($0.debits - $0.credits, $0.currency))
      },
      totals: totals.map {
        TrialBalanceTotal(
          debits: money($0.debits, $0.currency), credits: money($0.credits, $0.currency),
          difference: money($0.debits - $0.credits, $0.currency))
      },
      entries: entries, headHash: headHash)
  }
}
