import Contract
import Testing

@testable import Gateway

/// What people are told about a payout.
struct PayoutTextTests {
  private func payout(_ state: PayoutState, _ code: String = "", coveredBy: String = "") -> Payout {
    Payout(
      payoutID: "o-1/reseller", payee: "reseller:42", state: state,
      due: .init(minorUnits: 1080, currency: "USD"),
      reason: code.isEmpty ? nil : Reason(code: code, text: "because"), coveredBy: coveredBy)
  }

  @Test func `whatever is not over says what is next`() {
    for state in PayoutState.allKnown.dropFirst() {
      let isOver = [.paid, .notDue].contains(state)
      #expect(PayoutText.next(payout(state)).isEmpty == isOver, "\(state)")
    }
    #expect(PayoutText.next(payout(.pending, "NO_RECIPIENT")).contains("address"))
    #expect(PayoutText.next(payout(.pending, "GATHERING", coveredBy: "x")).contains("together"))
  }

  @Test func `only what failed or came back by itself is sent again`() {
    let retriable = PayoutState.allKnown.filter { PayoutText.isRetriable(payout($0)) }
    #expect(Set(retriable) == [.failed, .returned])
    #expect(!PayoutText.isRetriable(payout(.failed, coveredBy: "other")))
  }

  @Test func `a person is asked only where PayPal cannot tell`() {
    for code in ["RESTORED", "OUTCOME_UNKNOWN_TOO_LONG", "ITEM_MISSING", "AMOUNT_DIFFERS"] {
      #expect(PayoutText.isForPerson(payout(.unknown, code)), "\(code)")
      #expect(PayoutText.tone(payout(.unknown, code)) == "bad")
    }
    #expect(!PayoutText.isForPerson(payout(.unknown, "OUTCOME_UNKNOWN")))
    #expect(PayoutPage(payout(.unknown, "ITEM_MISSING"), isAdmin: false).canAttest == false)
    #expect(PayoutPage(payout(.unknown, "ITEM_MISSING"), isAdmin: true).canAttest)
  }
}
