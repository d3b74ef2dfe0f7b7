import Contract
import Testing

@testable import Presentation

/// How an order's story is told from what the services answer.
struct OrderStoryTests {
  private static func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: milliseconds)
  }

  private static func usd(_ cents: Int64) -> Contract.Money {
    .init(minorUnits: cents, currency: "USD")
  }

  /// An item as one line: when, tone, who, title.
  private static func lines(_ parts: OrderStory.Parts) -> [String] {
    OrderStory(parts).items.map { item in
      let who = item.who.isEmpty ? "" : " by \(item.who)"
      let state = item.state.map { ", \($0)" } ?? ""
      let at = item.at?.milliseconds ?? 0
      return "\(at) \(item.service) \(item.tone): \(item.title)\(state)\(who)"
    }
  }

  @Test func `what happened in three services is one story, the order's own step last`() {
    let parts = OrderStory.Parts(
      history: [
        .init(recordedAt: Self.time(1), to: .awaitingPayment, cause: "checkedOut"),
        .init(
          recordedAt: Self.time(4), from: .purchasing, to: .purchased, cause: "purchaseCompleted",
          actor: "system"),
        .init(recordedAt: Self.time(5), cause: "saleBooked", actor: "system"),
        .init(recordedAt: Self.time(9), cause: "cancelled", actor: "operator:anna"),
      ],
      purchase: .init(
        state: .purchased,
        attempts: [
          .init(
            number: 1, path: "api", outcome: .notAccepted,
            reason: .init(code: "RATE_LIMITED", text: "too many calls"), startedAt: Self.time(2)),
          .init(number: 2, path: "browser", outcome: .placed, startedAt: Self.time(3)),
        ], updatedAt: Self.time(4)),
      entries: [.init(kind: "sale", recordedAt: Self.time(5))],
      payouts: [
        .init(
          payee: "reseller:42", state: .paid, createdAt: Self.time(6), updatedAt: Self.time(8)),
        .init(payee: "admin", state: .pending, createdAt: Self.time(7), updatedAt: Self.time(7)),
      ])
    #expect(
      Self.lines(parts) == [
        "1 orders plain: Order made, awaitingPayment",
        "2 purchasing warn: Try 1 by the API: not taken, tried again",
        "3 purchasing good: Try 2 in the shop's pages: placed",
        "4 purchasing good: Placed and paid",
        "4 orders good: Goods bought, purchased", "5 ledger plain: Booked: sale",
        "5 orders good: Sale is in the books", "6 ledger plain: Payout to reseller 42 came up",
        "7 ledger plain: Payout to the platform came up",
        "8 ledger good: Payout to reseller 42 is paid",
        "9 orders plain: Cancelled by operator:anna",
      ])
  }

  @Test func `an attempt tells its path, its reason, its key and what was seen`() throws {
    let attempt = Attempt(
      number: 1, path: "browser", key: "o-1-p1", outcome: .refused,
      reason: .init(code: "ABOVE_CEILING", text: "it costs 50.00 USD", providerCode: "X1"),
      startedAt: Self.time(1000), endedAt: Self.time(4500),
      pathReason: .init(code: "HOUSE_ORDER", text: "the platform sells it"), step: "total",
      screenshots: ["a.png", "b.png"])
    let item = try #require(
      OrderStory(.init(purchase: .init(attempts: [attempt], updatedAt: Self.time(5000))))
        .items.first)
    #expect(item.tone == .bad && item.text == "it costs 50.00 USD")
    #expect(item.screenshots == ["a.png", "b.png"])
    #expect(
      item.facts == [
        .init(name: "Reason", value: .code("ABOVE_CEILING")),
        .init(name: "Supplier's code", value: .code("X1")),
        .init(name: "Not by the API, since", value: .text("the platform sells it")),
        .init(name: "Key", value: .code("o-1-p1")), .init(name: "Step", value: .text("total")),
        .init(name: "Took", value: .length(3500)),
      ])
  }

  @Test func `a person's finding, an entry's postings and a payout's reason are told`() {
    let posting = Posting(
      debitAccount: "buyerDeposits", creditAccount: "sales", amount: Self.usd(2000))
    let story = OrderStory(
      .init(
        purchase: .init(
          updatedAt: Self.time(1),
          findings: [
            .init(foundBy: "admin:7", notPlacedEvidence: "none listed", recordedAt: Self.time(2))
          ]),
        entries: [
          .init(
            entryID: "o-1/sale", recordedAt: Self.time(3), postings: [posting],
            recordedBy: "admin:7")
        ],
        payouts: [
          .init(
            payoutID: "o-1/admin", payee: "admin", state: .failed, due: Self.usd(120),
            reason: .init(code: "X", text: "the account is closed"), createdAt: Self.time(4),
            updatedAt: Self.time(5))
        ]))
    #expect(story.items[1].who == "admin:7" && story.items[1].text == "none listed")
    #expect(story.items[2].postings == [posting] && story.items[2].who == "admin:7")
    let payout = story.items[4]
    #expect(payout.tone == .bad && payout.text == "the account is closed")
    #expect(
      payout.facts.prefix(2) == [
        .init(name: "Reason", value: .code("X")),
        .init(name: "Amount", value: .money(Self.usd(120))),
      ])
  }

  @Test func `within a millisecond the services keep their order, and each its own`() {
    let parts = OrderStory.Parts(
      history: [
        .init(recordedAt: Self.time(0), cause: "z"), .init(recordedAt: Self.time(2), cause: "e"),
      ],
      purchase: .init(
        attempts: [
          .init(number: 2, startedAt: Self.time(2)), .init(number: 1, startedAt: Self.time(1)),
        ], updatedAt: Self.time(2)),
      entries: [.init(kind: "d", recordedAt: Self.time(2))])
    #expect(
      OrderStory(parts).items.map(\.service.rawValue) == [
        "orders", "purchasing", "purchasing", "purchasing", "ledger", "orders",
      ])
  }

  @Test(arguments: [
    ("captureDiffered", "Another amount was paid"), ("somethingNew", "Something new"), ("", ""),
  ])
  func `a cause is told in words, one that is not known as well`(_ cause: String, _ title: String) {
    #expect(OrderStory(.init(history: [.init(cause: cause)])).items.map(\.title) == [title])
  }
}
