import Contract
import Money
import Outside
import PayPal
import RPC
import Testing

@testable import Orders

/// What PayPal's answers mean, as tables.
@Suite struct PaymentRulesTests {
  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  private static func answer(
    _ status: String, custom: String = "o-1", capture: String? = nil, cents: Int64 = 2000,
    fee: Int64? = 119
  ) -> PayPalOrder {
    PayPalOrder(
      id: "PP1", status: status, customID: custom,
      capture: capture.map {
        PayPalCapture(id: "CAP1", status: $0, amount: usd(cents), fee: fee.map(usd))
      })
  }

  private func word(_ verdict: PaymentRules.Verdict) -> String {
    switch verdict {
    case .captured(_, let fee): "captured \(fee)"
    case .feeMissing: "feeMissing"
    case .held: "held"
    case .differs(let reason, _): "differs \(reason.code)"
    case .refused(let reason): "refused \(reason.code)"
    case .approved: "approved"
    case .notApproved(let reason): "notApproved \(reason.code)"
    case .unclear: "unclear"
    }
  }

  @Test func `the capture decides, not the order's status`() {
    let order = OrdersUnderTest.order()
    func check(_ answer: PayPalOrder, _ expected: String) {
      #expect(word(PaymentRules.verdict(answer, for: order)) == expected)
    }
    check(Self.answer("COMPLETED", capture: "COMPLETED"), "captured 1.19 USD")
    check(Self.answer("COMPLETED", capture: "COMPLETED", fee: 0), "captured 0.00 USD")
    check(Self.answer("COMPLETED", capture: "COMPLETED", fee: nil), "feeMissing")
    check(
      Self.answer("COMPLETED", capture: "COMPLETED", cents: 100), "differs CAPTURE_AMOUNT_DIFFERS")
    check(Self.answer("COMPLETED", custom: "o-2", capture: "COMPLETED"), "differs CAPTURE_NOT_OURS")
    check(Self.answer("COMPLETED", capture: "PENDING"), "held")
    check(Self.answer("COMPLETED", capture: "DECLINED"), "refused PAYMENT_DECLINED")
    check(Self.answer("COMPLETED", capture: "FAILED"), "refused PAYMENT_DECLINED")
    check(Self.answer("COMPLETED", capture: "REFUNDED"), "differs CAPTURE_REFUNDED")
    check(Self.answer("COMPLETED", capture: "PARTIALLY_REFUNDED"), "differs CAPTURE_REFUNDED")
    check(Self.answer("COMPLETED", capture: "SOMETHING_NEW"), "unclear")
    check(Self.answer("COMPLETED"), "unclear")
    check(Self.answer("APPROVED"), "approved")
    check(Self.answer("CREATED"), "notApproved ORDER_NOT_APPROVED")
    check(Self.answer("PAYER_ACTION_REQUIRED"), "notApproved PAYER_ACTION_REQUIRED")
    check(Self.answer("VOIDED"), "refused PAYMENT_DECLINED")
  }

  @Test func `a refusal ends the checkout only when it is about the payment`() {
    func check(_ code: String, isTransient: Bool = false, _ expected: String) {
      let refusal = Refusal(code: code, text: "no", isTransient: isTransient)
      let word =
        switch PaymentRules.decline(refusal) {
        case .curable(let reason): "curable \(reason.code)"
        case .final: "final"
        case .unclear: "unclear"
        case .alreadyCaptured: "alreadyCaptured"
        case .ours(let reason): "ours \(reason.code)"
        }
      #expect(word == expected, "\(code)")
    }
    check("ORDER_NOT_APPROVED", "curable ORDER_NOT_APPROVED")
    check("INSTRUMENT_DECLINED", "curable INSTRUMENT_DECLINED")
    check("PAYER_ACTION_REQUIRED", "curable PAYER_ACTION_REQUIRED")
    check("ORDER_ALREADY_CAPTURED", "alreadyCaptured")
    check("TRANSACTION_REFUSED", "final")
    check("COMPLIANCE_VIOLATION", "final")
    check("RESOURCE_NOT_FOUND", "unclear")
    check("A_NEW_ISSUE", "unclear")
    check("MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "final")
    check("NOT_AUTHORIZED", "ours PAYPAL_REFUSES_US")
    check("AUTHENTICATION_FAILURE", isTransient: true, "ours PAYPAL_REFUSES_US")
    check("RATE_LIMIT_REACHED", isTransient: true, "ours PAYPAL_UNREACHABLE")
    check(Refusal.notSentCode, isTransient: true, "ours PAYPAL_UNREACHABLE")
  }

  @Test func `pauses grow and are bounded`() {
    #expect((0...12).map { PaymentRules.delay(attempts: $0) }.prefix(3) == [100, 200, 400])
    #expect(PaymentRules.delay(attempts: 99) == PaymentRules.delayMax)
    #expect(PaymentRules.delay(attempts: 0, retryAfterSeconds: 7) == 7000)
    #expect(PaymentRules.delay(attempts: 0, retryAfterSeconds: 1 << 40) == 3_600_000)
    #expect(CallRules.delay(attempts: 0) == 100 && CallRules.delay(attempts: 99) == 5000)
    #expect(CallRules.pollDelay(attempts: 0) == 250 && CallRules.pollDelay(attempts: 99) == 60_000)
    func poll(_ attempts: Int, _ nextAt: Int64) -> Int64 {
      CallRules.pollDelay(attempts: attempts, nextAt: nextAt, now: 100_000)
    }
    #expect(poll(99, 0) == 60_000 && poll(99, 200_000) == 60_000)
    #expect(poll(99, 108_000) == 8250 && poll(99, 1) == 7750 && poll(0, 1) == 250)
  }

  @Test func `the ceiling is the price less fee and margin, and never negative`() throws {
    func ceiling(_ price: Int64, _ fee: Int64, _ margin: Int) throws -> Int64 {
      try CheckoutRules.costCeiling(
        Self.usd(price), fee: Self.usd(fee), marginBasisPoints: margin
      ).minorUnits
    }
    #expect(try ceiling(2000, 119, 500) == 1781)
    #expect(try ceiling(2000, 0, 0) == 2000)
    #expect(try ceiling(50, 51, 0) == 0)
    #expect(try ceiling(2000, 119, 10_000) == 0)
  }

  @Test func `every status of a service is definite or to be repeated`() {
    let definite: Set<StatusCode> = [
      .invalidArgument, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
      .outOfRange, .unimplemented, .dataLoss, .unauthenticated,
    ]
    for code in StatusCode.allCases {
      #expect(CallRules.isDefinite(code) == definite.contains(code), "\(code)")
    }
  }
}
