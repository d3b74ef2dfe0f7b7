import Contract

/// What a payout's state and reason mean to a person. Pure.
enum PayoutText {
  static func label(_ state: PayoutState) -> String {
    switch state {
    case .notDue: "Nothing due"
    case .pending: "Waits"
    case .submitted: "Sent"
    case .paid: "Paid"
    case .unclaimed: "Not claimed"
    case .returned: "Came back"
    case .failed: "Failed"
    case .unknown: "Not known"
    case .unspecified, .unrecognized: Look.words(state.shortName)
    }
  }

  static func tone(_ payout: Payout) -> String {
    if isForPerson(payout) { return "bad" }
    return switch payout.state {
    case .paid: "good"
    case .returned, .failed: "bad"
    case .submitted: "busy"
    case .unclaimed, .unknown: "warn"
    case .pending: curesItself.contains(payout.reason?.code ?? "") ? "busy" : "warn"
    case .notDue, .unspecified, .unrecognized: ""
    }
  }

  /// What goes on by itself, or what somebody must do for it; empty when it is over.
  static func next(_ payout: Payout) -> String {
    if !payout.coveredBy.isEmpty { return "It goes out together with others." }
    if let code = payout.reason?.code, let sentence = sentences[code] { return sentence }
    return switch payout.state {
    case .pending: "It is sent with the next batch."
    case .submitted: "PayPal is asked until it says that the payee has it."
    case .unclaimed: "PayPal gives the payee 30 days to claim it; then it comes back."
    case .unknown: "The same request is repeated under the same key until PayPal knows."
    case .returned, .failed: "An administrator corrects the cause and sends it again."
    case .paid, .notDue, .unspecified, .unrecognized: ""
    }
  }

  /// Whether it may be sent again.
  static func isRetriable(_ payout: Payout) -> Bool {
    payout.coveredBy.isEmpty && [.failed, .returned].contains(payout.state)
  }

  /// Whether only a person can say what became of it.
  static func isForPerson(_ payout: Payout) -> Bool {
    payout.coveredBy.isEmpty && forPeople.contains(payout.reason?.code ?? "")
  }

  private static let forPeople: Set<String> = [
    "RESTORED", "OUTCOME_UNKNOWN_TOO_LONG", "ITEM_MISSING", "AMOUNT_DIFFERS",
  ]

  private static let curesItself: Set<String> = [
    "", "HELD", "GATHERING", "BELOW_MINIMUM", "PAYPAL_UNAVAILABLE", "BATCH_REFUSED",
    "PAYEE_BALANCE_TOO_LOW",
  ]

  private static let forPerson =
    "An administrator looks at PayPal's activity and says what became of it."

  private static let sentences = [
    "RESTORED": forPerson,
    "NO_RECIPIENT": "It is sent as soon as the payee has an address.",
    "RECIPIENT_NOT_VERIFIED": "It is sent as soon as an administrator has verified the address.",
    "HELD": "It is sent when its hold is over.",
    "GATHERING": "It is sent on the payee's next payday.",
    "BELOW_MINIMUM": "It is sent once enough has gathered.",
    "DISPUTED": "It is sent or taken back when the dispute is over.",
    "PLATFORM_BALANCE_TOO_LOW": "It is sent once the platform's PayPal account holds enough.",
    "PAYEE_BALANCE_TOO_LOW": "It is sent once later sales have settled the losses.",
    "AMOUNT_TOO_SMALL": "It stays in the payee's account, to go out with later money.",
    "PAYPAL_NOT_CONFIGURED": "It is sent once this world has a PayPal account.",
    "PAYPAL_UNAVAILABLE": "PayPal did not take it; it is sent again by itself.",
    "OUTCOME_UNKNOWN": "The same request is repeated under the same key until PayPal knows.",
    "OUTCOME_UNKNOWN_TOO_LONG": forPerson, "ITEM_MISSING": forPerson, "AMOUNT_DIFFERS": forPerson,
    "NOT_CLAIMED": "The payee claims it with a PayPal account of that address.",
    "HELD_BY_PAYPAL": "PayPal looks into it; it is asked until it has decided.",
    "BATCH_REFUSED": "It is sent again by itself, in a smaller batch.",
  ]
}
