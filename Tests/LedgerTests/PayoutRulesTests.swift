import Contract
import Money
import Testing

@testable import Ledger

/// When a payout is sent, and what PayPal's answers mean.
@Suite struct PayoutRulesTests {
  static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  private static func facts(
    due: Int64 = 500, email: String? = "a@example.com", payee: Int64 = 500,
    platform: Int64 = 10_000, isConfigured: Bool = true, isDisputed: Bool = false
  ) -> PayoutRules.Facts {
    PayoutRules.Facts(
      payee: .reseller(42), due: usd(due), isConfigured: isConfigured, isDisputed: isDisputed,
      recipientEmail: email,
      payeeBalance: usd(payee), platformBalance: usd(platform))
  }

  /// due, payee's balance, platform's balance -> amount sent.
  private static let amounts: [([Int64], Int64)] = [
    ([500, 500, 500], 500), ([500, 900, 10_000], 500), ([500, 200, 10_000], 200),
    ([500, 1, 1], 1),
    // PayPal's most for one item.
    ([2_000_001, 2_500_000, 9_000_000], 2_000_000),
  ]

  @Test(arguments: amounts)
  func `the amount is what is due, or the balance when that is less`(
    _ given: [Int64], _ amount: Int64
  ) throws {
    let facts = Self.facts(due: given[0], payee: given[1], platform: given[2])
    #expect(try PayoutRules.decide(facts) == .submit(Self.usd(amount), to: "a@example.com"))
  }

  @Test(arguments: [
    (facts(isConfigured: false), PayoutReason.Code.payPalNotConfigured),
    (facts(email: nil), .noRecipient), (facts(isDisputed: true), .disputed),
    (facts(payee: 0), .payeeBalanceTooLow),
    (facts(payee: -300), .payeeBalanceTooLow), (facts(platform: 499), .platformBalanceTooLow),
  ])
  func `what is missing is named`(_ facts: PayoutRules.Facts, _ code: PayoutReason.Code) throws {
    guard case .wait(let reason) = try PayoutRules.decide(facts) else {
      Issue.record("expected to wait for \(code)")
      return
    }
    #expect(reason.code == code)
    #expect(!reason.text.isEmpty && ["platform", "reseller", "nobody"].contains(reason.owner))
  }

  @Test(arguments: [
    ("TWD", 1880, 1800), ("HUF", 99, 0), ("HUF", 100, 100), ("USD", 1881, 1881), ("JPY", 7, 7),
    ("KWD", 1234, 1234), ("JPY", 2_000_001, 2_000_001),
  ])
  func `only what PayPal can express is sent, and the rest stays owed`(
    _ code: String, _ due: Int64, _ sent: Int64
  ) throws {
    let due = try Amount(validating: due, currency: code)
    let decision = try PayoutRules.decide(
      PayoutRules.Facts(
        payee: .reseller(42), due: due, isConfigured: true, isDisputed: false,
        recipientEmail: "a@example.com", payeeBalance: due, platformBalance: due))
    switch decision {
    case .submit(let amount, _): #expect(amount.minorUnits == sent)
    case .wait(let reason): #expect(sent == 0 && reason.code == .amountTooSmall)
    }
  }

  /// A look at a batch with one item, or none.
  struct Look: Sendable {
    var status: String?
    var batch = "PROCESSING"
    var error: String?
    var amount: Amount? = PayoutRulesTests.usd(500)

    var verdict: PayoutVerdict {
      PayoutVerdict(
        status.map {
          .init(
            senderItemID: "K", itemID: "I", status: $0, amount: amount, fee: usd(25),
            errorName: error)
        }, ofBatch: batch, asked: usd(500))
    }
  }

  @Test(arguments: [
    (Look(), "open SUBMITTED"), (Look(status: "PENDING"), "open SUBMITTED"),
    (Look(status: "SUCCESS", batch: "SUCCESS"), "paid 25"),
    (Look(status: "SUCCESS", amount: nil), "paid 25"),
    (
      Look(status: "FAILED", batch: "SUCCESS", error: "CLOSED_MARKET"),
      "ended FAILED CLOSED_MARKET"
    ),
    (
      Look(status: "UNCLAIMED", error: "RECEIVER_UNREGISTERED"),
      "open UNCLAIMED RECEIVER_UNREGISTERED"
    ),
    (Look(status: "ONHOLD"), "open SUBMITTED ONHOLD"),
    (Look(status: "BLOCKED"), "ended FAILED BLOCKED"),
    (Look(status: "RETURNED"), "ended RETURNED RETURNED"),
    (Look(status: "REFUNDED"), "ended RETURNED REFUNDED"),
    (Look(status: "REVERSED"), "ended RETURNED REVERSED"),
    (Look(batch: "DENIED"), "ended FAILED DENIED"),
    (Look(batch: "CANCELED"), "ended FAILED CANCELED"),
    (Look(batch: "SUCCESS"), "open SUBMITTED SUCCESS ITEM_MISSING"),
    (Look(status: "SUCCESS", amount: usd(499)), "open SUBMITTED SUCCESS AMOUNT_DIFFERS"),
    (
      Look(status: "SUCCESS", amount: try? Amount(validating: 500, currency: "EUR")),
      "open SUBMITTED SUCCESS AMOUNT_DIFFERS"
    ),
  ])
  func `the item decides; a batch counts only where it lacks the item`(
    _ look: Look, _ expected: String
  ) {
    let text =
      switch look.verdict {
      case .paid(let fee): "paid \(fee?.minorUnits ?? 0)"
      case .open(let state, let reason):
        "open \(state.rawValue)" + (reason.map { " \($0.providerCode)" } ?? "")
          + (reason?.owner == "platform" ? " \(reason?.code.rawValue ?? "")" : "")
      case .ended(let state, let reason): "ended \(state.rawValue) \(reason.providerCode)"
      }
    #expect(text == expected)
  }

  /// code, items of the batch -> what becomes of each: f failed, w waits, or the size it goes out in.
  @Test(arguments: [
    ("SENDER_RESTRICTED", 3, "f f f"), ("VALIDATION_ERROR", 1, "f"),
    ("VALIDATION_ERROR", 2, "1 1"), ("VALIDATION_ERROR", 5, "3 3 3 3 3"),
    ("INSUFFICIENT_FUNDS", 1, "w"), ("INSUFFICIENT_FUNDS", 2, "1 w"),
    ("INSUFFICIENT_FUNDS", 5, "3 3 3 w w"), ("SOMETHING_NEW", 2, "1 1"),
  ])
  func `a refused batch is taken apart where one item may be the reason`(
    _ code: String, _ count: Int, _ expected: String
  ) {
    let ends = (0..<count).map { index in
      switch PayoutRules.end(of: code, index: index, of: count) {
      case .failed: "f"
      case .waits: "w"
      case .again(let size): "\(size)"
      }
    }
    #expect(ends.joined(separator: " ") == expected)
  }

  @Test(arguments: [
    ("SENDER_RESTRICTED", false, true, PayoutRules.RefusalVerdict.ended),
    ("RATE_LIMIT_REACHED", true, true, .notTaken), ("VALIDATION_ERROR", false, true, .ended),
    ("VALIDATION_ERROR", false, false, .ended), ("INSUFFICIENT_FUNDS", false, false, .unknown),
    ("NON_HOLDING_CURRENCY", false, false, .unknown),
    ("RATE_LIMIT_REACHED", true, false, .unknown), ("DUPLICATE_ITEM", false, false, .unknown),
    ("DUPLICATE_ITEM", false, true, .unknown),
  ])
  func `a refusal ends a key only when nothing can have been sent under it`(
    _ code: String, _ isTransient: Bool, _ isUntried: Bool,
    _ expected: PayoutRules.RefusalVerdict
  ) {
    #expect(
      PayoutRules.verdict(of: code, isTransient: isTransient, isUntried: isUntried) == expected)
  }

  @Test func `polls get rarer with age and repeats with attempts, within bounds`() {
    #expect(PayoutRules.pollDelay(age: 0, base: 1000) == 1000)
    #expect(PayoutRules.pollDelay(age: 20_000, base: 1000) == 10_000)
    #expect(PayoutRules.pollDelay(age: 3_600_000, base: 1000) == 60_000)
    #expect(PayoutRules.pollDelay(age: 90_000_000, base: 1000) == 3_600_000)
    let delays = (0...9).map { PayoutRules.repeatDelay(attempts: $0, retryAfterSeconds: nil) }
    #expect(delays.prefix(4) == [1000, 2000, 4000, 8000])
    #expect(delays.last == 60_000)
    #expect(PayoutRules.repeatDelay(attempts: 0, retryAfterSeconds: 7) == 7000)
  }

  @Test func `no two payouts share a key at PayPal`() {
    func payout(_ payoutID: String, order: String, _ payee: Payee) -> Ledger.Payout {
      Ledger.Payout(
        payoutID: payoutID, orderID: order, payee: payee, environment: .sandbox,
        due: Self.usd(1), state: .pending, amount: nil, fee: nil, generation: 0,
        recipientEmail: "", batchID: "", itemID: "", reason: nil, submittedAt: 0, nextAt: 0,
        createdAt: 0, updatedAt: 0)
    }
    #expect(payout("o-1/admin", order: "o-1", .admin).senderItemID(1) == "o-1-admin-1")
    #expect(payout("o-1/reseller", order: "o-1", .reseller(42)).senderItemID(2) == "o-1-reseller-2")
    #expect(payout("o-1-admin", order: "", .admin).senderItemID(1) == "o-1-admin-demand-1")
    let longest = payout(
      String(repeating: "x", count: 40), order: "", .admin
    ).senderItemID(999_999)
    #expect(longest.utf8.count <= 63)
  }
}
