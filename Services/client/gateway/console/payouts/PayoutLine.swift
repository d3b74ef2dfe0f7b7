import Contract
import Presentation
import Runtime

/// A payout as pages show it. The names are the templates'.
struct PayoutLine: Sendable {
  let payoutID: String
  let path: String
  let payee: String
  let label: String
  let tone: String
  let due: String
  /// What was sent; empty before.
  let sent: String
  let why: String
  let code: String
  /// What happens next; empty when it is over.
  let comes: String
  let nextAt: Moment?
  let updated: Moment?

  init(_ payout: Payout) {
    payoutID = payout.payoutID
    path = Self.path(payout.payoutID)
    payee = Look.sentence(Shown.payee(payout.payee))
    label = PayoutText.label(payout.state)
    tone = PayoutText.tone(payout)
    due = Shown.amount(payout.due)
    sent = Shown.amount(payout.amount)
    why =
      payout.reason.map { reason in
        Look.sentence(Shown.told(reason))
      } ?? ""
    code = payout.reason?.code ?? ""
    comes = PayoutText.next(payout)
    nextAt = Moment(payout.nextAt)
    updated = Moment(payout.updatedAt)
  }

  static func path(_ payoutID: String) -> String {
    "\(Section.payouts.path)/\(Console.encoded(payoutID))"
  }
}

/// One payout.
struct PayoutPage: Sendable {
  /// A generation that did not reach the payee.
  struct End: Sendable {
    let generation: String
    let label: String
    let amount: String
    let email: String
    let why: String
    let ids: String
    let moment: Moment?
  }

  let payout: PayoutLine
  let details: [Detail]
  let ends: [End]
  let canRetry: Bool
  let canAttest: Bool
  let fields: [FormField]
  /// Why the form came back; empty when it did not.
  let trouble: String
  /// Where the payee's money goes.
  let recipientPath: String
  /// Whether that is what it waits for.
  let needsRecipient: Bool

  init(_ payout: Payout, isAdmin: Bool, sent: SentForm? = nil) {
    self.payout = PayoutLine(payout)
    canRetry = isAdmin && PayoutText.isRetriable(payout)
    canAttest = isAdmin && PayoutText.isForPerson(payout)
    fields = canAttest ? Self.attesting(payout, sent) : []
    trouble = sent?.detail ?? ""
    recipientPath = Console.recipientPath(payout.payee)
    needsRecipient = ["NO_RECIPIENT", "RECIPIENT_NOT_VERIFIED"].contains(payout.reason?.code ?? "")
    ends = payout.ends.map { end in
      End(
        generation: "\(end.generation)", label: PayoutText.label(end.state),
        amount: Shown.amount(end.amount), email: end.recipientEmail,
        why: Shown.reason(end.reason),
        ids: [end.paypalBatchID, end.paypalItemID].filter { !$0.isEmpty }.joined(separator: " / "),
        moment: Moment(end.endedAt))
    }
    details = Self.details(payout)
  }

  private static func details(_ payout: Payout) -> [Detail] {
    var details = [
      Detail(
        "Payee", Look.sentence(Shown.payee(payout.payee)), path: Console.recipientPath(payout.payee)
      )
    ]
    if !payout.orderID.isEmpty {
      details.append(
        Detail("Order", payout.orderID, path: Look.path(ofOrder: payout.orderID)))
    }
    if !payout.coveredBy.isEmpty {
      details.append(
        Detail("Goes out with", payout.coveredBy, path: PayoutLine.path(payout.coveredBy)))
    }
    details += Detail.list([
      ("World", payout.environment.word), ("Owed", Shown.amount(payout.due)),
      ("Sent", Shown.amount(payout.amount)), ("Stays in the account", Shown.positive(payout.left)),
      ("PayPal's fee", Shown.amount(payout.fee)), ("Sent to", payout.recipientEmail),
      ("Generation", payout.generation == 0 ? "" : "\(payout.generation)"),
      ("PayPal batch", payout.paypalBatchID), ("PayPal item", payout.paypalItemID),
    ])
    return details
      + Detail.times([
        ("Next look", PayoutText.isForPerson(payout) ? nil : payout.nextAt),
        ("Made", payout.createdAt), ("Changed", payout.updatedAt),
      ])
  }

  private static func attesting(_ payout: Payout, _ sent: SentForm?) -> [FormField] {
    [
      FormField(
        "finding", "What became of it",
        .list([
          ("NOT_SENT", "Nothing left our account"), ("PAID", "The payee got it"),
        ]), sent: sent),
      FormField(
        "providerId", "PayPal's id", hint: "When it was paid.", isRequired: false,
        sent: sent),
      FormField(
        "sent", "Payee got",
        hint: "Only when it is not \(Shown.amount(payout.amount ?? payout.due)).",
        isRequired: false, sent: sent),
      FormField(
        "fee", "PayPal's fee", hint: "When it was paid; empty for nothing.",
        isRequired: false, sent: sent),
      FormField(
        "evidence", "What you saw", .area, hint: "It is kept with your name.", sent: sent),
    ]
  }
}
