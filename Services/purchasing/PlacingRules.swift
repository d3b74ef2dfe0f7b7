import Runtime

/// How a purchase goes on: what comes next, and what an answer means. Pure.
///
/// Times are milliseconds.
enum PlacingRules {
  /// AliExpress compares keys for 24 hours; an hour is kept for clocks that differ and for the
  /// time that a request takes.
  static let lookUpWindow: Int64 = 23 * 3600 * 1000
  /// Most repeats that look up one unknown outcome: some twelve minutes of them.
  static let lookUpsMax = 16
  /// Most tries to place what is not accepted for a passing reason, and the longest time for them:
  /// later a person, who can refund, serves the buyer better.
  static let triesMax = 20
  static let ageMax: Int64 = 30 * 60 * 1000
  static let pauseMin: Int64 = 1000
  static let pauseMax: Int64 = 60 * 1000

  enum Step: Hashable, Sendable {
    case nothing
    case place
    /// Repeat what was sent, under its key.
    case lookUp
    /// Unknown for good, as far as this program can tell.
    case askPerson(PurchaseReason)
    case poll
  }

  static func next(
    _ purchase: Purchase, lastOutcome: Attempt.Outcome?, mayRepeat: Bool, now: Int64
  ) -> Step {
    switch purchase.state {
    case .requested: return .place
    case .placing where lastOutcome == .notAccepted: return .place
    case .placing, .unknown:
      let obstacle = obstacle(
        purchase, mayRepeat: mayRepeat, now: now,
        tries: purchase.state == .unknown ? purchase.tries : 0)
      return obstacle.map { .askPerson($0) } ?? .lookUp
    case .awaitingSupplierPayment: return .poll
    case .purchased, .refused, .closed: return .nothing
    }
  }

  /// Why the outcome cannot be looked up by repeating the request; nil when it can.
  static func obstacle(_ purchase: Purchase, mayRepeat: Bool, now: Int64, tries: Int)
    -> PurchaseReason?
  {
    let key = purchase.content.key
    if !mayRepeat {
      let environment = purchase.content.environment.word
      return askPerson(
        key, "repeating a request is not known to be safe in \(environment)")
    }
    // A clock that was set back proves no age.
    if !(0...lookUpWindow).contains(now - purchase.sentAt) {
      return askPerson(key, "the supplier compares keys for 24 hours only, and they are over")
    }
    if tries >= lookUpsMax {
      return askPerson(key, "\(tries) lookups brought no answer")
    }
    return nil
  }

  static func askPerson(_ key: String, _ why: String, providerCode: String = "") -> PurchaseReason {
    PurchaseReason(
      code: .purchaseUnknown,
      text: "the order \(key) was sent and nobody knows whether it was placed: \(why); look for it "
        + "in the supplier's order list, then record its id, or attest that there is none",
      owner: .platform, providerCode: providerCode)
  }

  /// What is known when an answer to a placing comes in.
  struct Circumstances: Sendable {
    let purchase: Purchase
    /// The request repeated one whose outcome is unknown.
    let isLookUp: Bool
    /// The supplier has refused this key with the same doubt before.
    let wasDoubted: Bool
    let mayRepeat: Bool
    let now: Int64
  }

  enum Conclusion: Hashable, Sendable {
    case placed(ids: [String], PurchaseReason?)
    case refused(PurchaseReason)
    /// The same key again after a pause.
    case again(PurchaseReason, pause: Int64)
    /// The same request again after a pause, as a lookup; without a pause a person is asked.
    case unknown(PurchaseReason, pause: Int64?)
  }

  static func conclude(_ placing: Placing, _ given: Circumstances) -> Conclusion {
    switch placing {
    case .placed(let ids, let problem):
      return .placed(ids: ids, problem.isEmpty ? nil : paymentFailed(problem))
    case .unknown(let reason, isRepeated: true):
      let asked = askPerson(
        given.purchase.content.key, reason.text, providerCode: reason.providerCode)
      return .unknown(asked, pause: nil)
    case .unknown(let reason, isRepeated: false):
      return lookUpAgain(reason, given, retryAfterSeconds: nil)
    case .refused(let reason, _, let provesAbsence) where given.isLookUp:
      return provesAbsence
        ? .refused(reason) : lookUpAgain(reason, given, retryAfterSeconds: nil)
    case .refused(let reason, isDoubtful: true, _) where !given.wasDoubted:
      return .again(reason, pause: pauseMin)
    case .refused(let reason, _, _):
      return .refused(reason)
    case .notAccepted(let reason, let seconds) where given.isLookUp:
      return lookUpAgain(reason, given, retryAfterSeconds: seconds)
    case .notAccepted(let reason, let seconds):
      return tryAgain(reason, given.purchase, retryAfterSeconds: seconds, now: given.now)
    }
  }

  /// Another try after a passing failure, or the end of trying.
  static func tryAgain(
    _ reason: PurchaseReason, _ purchase: Purchase, retryAfterSeconds: Int?, now: Int64
  ) -> Conclusion {
    let pause = pause(tries: purchase.tries, retryAfterSeconds: retryAfterSeconds)
    let isOver =
      purchase.tries + 1 >= triesMax || now + pause - purchase.createdAt > ageMax
    guard isOver else { return .again(reason, pause: pause) }
    if reason.code == .rateLimited, told(retryAfterSeconds) > ageMax {
      return .refused(banned(reason))
    }
    return .refused(
      PurchaseReason(
        code: reason.code,
        text:
          "given up after \(purchase.tries + 1) tries: \(reason.text); try again later, or refund",
        owner: .platform, providerCode: reason.providerCode))
  }

  private static func lookUpAgain(
    _ reason: PurchaseReason, _ given: Circumstances, retryAfterSeconds: Int?
  ) -> Conclusion {
    let tries = given.isLookUp ? given.purchase.tries + 1 : 0
    let pause = pause(tries: tries, retryAfterSeconds: retryAfterSeconds)
    let obstacle = obstacle(
      given.purchase, mayRepeat: given.mayRepeat, now: given.now + pause, tries: tries)
    if let obstacle { return .unknown(obstacle.given(reason), pause: nil) }
    let waits = PurchaseReason(
      code: .outcomeUnknown,
      text: "the supplier's answer is not known (\(reason.text)); the same request is repeated "
        + "under the same key to find out",
      owner: .nobody, providerCode: reason.providerCode)
    return .unknown(waits, pause: pause)
  }

  private static func paymentFailed(_ problem: String) -> PurchaseReason {
    PurchaseReason(
      code: .supplierPaymentFailed,
      text: "the order was placed but AliExpress could not charge the account; pay it there "
        + "before it lapses (AliExpress: \(problem.prefix(200)))",
      owner: .reseller, providerCode: "autoPay")
  }

  /// 1 s doubling, a minute at most; what the supplier asks for when that is longer.
  static func pause(tries: Int, retryAfterSeconds: Int?) -> Int64 {
    let own = min(pauseMin << Int64(min(max(tries, 0), 6)), pauseMax)
    return max(own, told(retryAfterSeconds))
  }

  /// What the supplier asks for, and a second for clocks that differ.
  private static func told(_ seconds: Int?) -> Int64 {
    seconds.map { Int64(min(max($0, 0), 200_000)) * 1000 + 1000 } ?? 0
  }

  private static func banned(_ reason: PurchaseReason) -> PurchaseReason {
    PurchaseReason(
      code: .banTooLong,
      text: "\(reason.text), longer than an order may wait; no browser account is configured to "
        + "buy instead; try again when it is over, buy it by hand, or refund",
      owner: .platform, providerCode: reason.providerCode)
  }
}

extension PurchaseReason {
  /// This reason with what the supplier said last, which may tell a person more.
  fileprivate func given(_ last: PurchaseReason) -> PurchaseReason {
    PurchaseReason(
      code: code, text: "\(text) (last: \(last.text))", owner: owner,
      providerCode: last.providerCode)
  }
}
