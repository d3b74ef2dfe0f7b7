import Money
import PayPal

/// When a payout is sent, how much, and what PayPal's answers mean. Pure.
enum PayoutRules {
  /// PayPal knows a `sender_batch_id` for 30 days; a day is kept as margin.
  static let repeatWindowMilliseconds: Int64 = 29 * 24 * 3600 * 1000
  /// A payout that waits for something else is looked at again this often, should a wake be missed.
  static let recheckMilliseconds: Int64 = 3600 * 1000
  /// Longest pause between two looks at a young batch, and at one that is older than a day.
  static let pollMillisecondsMax: Int64 = 60 * 1000
  static let oldPollMilliseconds: Int64 = 3600 * 1000

  /// What a decision is made from.
  struct Facts: Sendable {
    let payee: Payee
    let due: Amount
    let isConfigured: Bool
    /// Whether a dispute about its order is open.
    let isDisputed: Bool
    let recipientEmail: String?
    /// What the payee's account holds for him.
    let payeeBalance: Amount
    /// What our PayPal account holds, less what is in transit.
    let platformBalance: Amount
    /// Whether somebody of the platform says that the address is the payee's own.
    var isRecipientVerified = true
  }

  enum Decision: Hashable, Sendable {
    case submit(Amount, to: String)
    case wait(PayoutReason)
  }

  /// Sends min(due, balance) as far as PayPal can express it in one item, or says what is missing.
  /// What is left of it stays in the payee's account, free to be paid out on demand.
  static func decide(_ facts: Facts) throws(MoneyError) -> Decision {
    guard facts.isConfigured else {
      return .wait(
        PayoutReason(
          code: .payPalNotConfigured, text: "this environment has no PayPal account; configure one",
          owner: "platform"))
    }
    guard let email = facts.recipientEmail, facts.isRecipientVerified else {
      return .wait(unready(facts.payee, email: facts.recipientEmail))
    }
    if facts.isDisputed {
      return .wait(
        PayoutReason(
          code: .disputed, text: "a dispute about the order is open; it waits for its end",
          owner: "platform"))
    }
    let owed =
      try facts.payeeBalance.isLess(than: facts.due) ? facts.payeeBalance : facts.due
    guard owed.isPositive else {
      return .wait(
        PayoutReason(
          code: .payeeBalanceTooLow,
          text: "\(facts.payee) is owed \(facts.payeeBalance); losses are settled first",
          owner: "nobody"))
    }
    let amount = try expressible(owed)
    guard amount.isPositive else {
      return .wait(
        PayoutReason(
          code: .amountTooSmall, text: "\(owed) is less than PayPal can send", owner: "nobody"))
    }
    if try facts.platformBalance.isLess(than: amount) {
      return .wait(
        PayoutReason(
          code: .platformBalanceTooLow,
          text: "PayPal holds \(facts.platformBalance), \(amount) is to be sent; top it up",
          owner: "platform"))
    }
    return .submit(amount, to: email)
  }

  /// Why nothing can be sent to a payee who has no address, or none that is verified.
  static func unready(_ payee: Payee, email: String?) -> PayoutReason {
    guard let email else {
      return PayoutReason(
        code: .noRecipient, text: "\(payee) has no payout recipient; put one",
        owner: payee == .admin ? "platform" : "reseller")
    }
    return PayoutReason(
      code: .recipientNotVerified,
      text: "nobody of the platform has verified \(email), which \(payee) put",
      owner: "platform")
  }

  /// The most of an amount that PayPal can be asked for in one item: of some currencies it takes no
  /// fractions. An amount in a currency that it does not know is left to its refusal.
  static func expressible(_ amount: Amount) throws(MoneyError) -> Amount {
    if let most = PayPalCurrency.payoutMax(amount.currency), try most.isLess(than: amount) {
      return most
    }
    if PayPalCurrency.canExpress(amount) || !PayPalCurrency.isSupported(amount.currency) {
      return amount
    }
    let whole = (0..<amount.currency.exponent).reduce(Int64(1)) { scale, _ in scale * 10 }
    return try amount.subtracting(
      Amount(minorUnits: amount.minorUnits % whole, currency: amount.currency))
  }

  /// What a refusal says about a request, given whether it may have been sent before.
  enum RefusalVerdict: Hashable, Sendable {
    /// Nothing was sent under this key, and nothing will be.
    case ended
    /// Nothing was sent under this key; it is sent again.
    case notTaken
    /// It may have been sent under this key.
    case unknown
  }

  /// A refusal is the end of an untried key. After a sending whose outcome is unknown only one that
  /// depends on nothing but the request is: balance, currencies and restrictions of the account may
  /// have changed since. DUPLICATE_ITEM says that PayPal knows the key, so it ends nothing.
  static func verdict(of code: String, isTransient: Bool, isUntried: Bool) -> RefusalVerdict {
    if code == "DUPLICATE_ITEM" { return .unknown }
    if code == "VALIDATION_ERROR" { return .ended }
    guard isUntried else { return .unknown }
    return isTransient ? .notTaken : .ended
  }

  /// Refusals that are about our account: no smaller batch would fare better.
  private static let codesOfAccount: Set<String> = [
    "AUTHORIZATION_ERROR", "NOT_AUTHORIZED", "NON_HOLDING_CURRENCY", "REQUIRED_SCOPE_MISSING",
    "SENDER_EMAIL_UNCONFIRMED", "SENDER_LOCKED", "SENDER_RESTRICTED",
  ]

  /// What becomes of a payout of a batch that was refused for good.
  enum RefusalEnd: Hashable, Sendable {
    /// It is refused.
    case failed
    /// It is sent again when our account holds more.
    case waits
    /// It is sent again at once, in batches of this many.
    case again(inBatchesOf: Int)
  }

  /// One bad item makes PayPal refuse all of a batch, and the sum of many may be too much where some
  /// are not. So a refused batch is sent in halves, down to single payouts; for want of funds only
  /// its first half is, and the rest waits.
  static func end(of code: String, index: Int, of count: Int) -> RefusalEnd {
    let half = (count + 1) / 2
    if code == "INSUFFICIENT_FUNDS" {
      return count > 1 && index < half ? .again(inBatchesOf: half) : .waits
    }
    return count == 1 || codesOfAccount.contains(code) ? .failed : .again(inBatchesOf: half)
  }

  /// How long to wait before the next look at a batch that was submitted `age` ago.
  static func pollDelay(age: Int64, base: Int64) -> Int64 {
    if age > 24 * 3600 * 1000 { return max(base, oldPollMilliseconds) }
    return max(base, min(age / 2, pollMillisecondsMax))
  }

  /// Pause before the same request is sent again: 1 s doubling, a minute at most.
  static func repeatDelay(attempts: Int, retryAfterSeconds: Int?) -> Int64 {
    if let retryAfterSeconds { return Int64(min(max(retryAfterSeconds, 1), 3600)) * 1000 }
    return min(1000 << Int64(min(max(attempts, 0), 6)), pollMillisecondsMax)
  }
}
