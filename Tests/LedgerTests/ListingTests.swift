import Contract
import Support
import Testing

@testable import Ledger

/// Lists read from their end.
struct ListingTests {
  private static let options = LedgerUnderTest.asOperator

  @Test func `payouts are listed from the newest, page after page, none twice`() async throws {
    let ledger = try LedgerUnderTest()
    for order in 1...3 { try await ledger.sell("o-\(order)") }
    var (seen, token) = ([String](), "")
    repeat {
      let page = try await ledger.client.listPayouts(
        .init(pageSize: 4, pageToken: token, newestFirst: true), options: Self.options)
      seen += page.payouts.map(\.payoutID)
      token = page.nextPageToken
    } while !token.isEmpty
    let forwards = try await ledger.client.listPayouts(.init(), options: Self.options)
    #expect(seen.count == 6)
    #expect(seen == forwards.payouts.map(\.payoutID).reversed())
    let own = try await ledger.client.listPayouts(
      .init(payee: "admin", orderID: "o-2", newestFirst: true), options: Self.options)
    #expect(own.payouts.map(\.payoutID) == ["o-2/admin"])
  }

  @Test func `the journal is read from its end, with every entry's postings`() async throws {
    let ledger = try LedgerUnderTest()
    for order in 1...3 { try await ledger.sell("o-\(order)") }
    let newest = try await ledger.client.listEntries(
      .init(environment: .sandbox, pageSize: 4, newestFirst: true), options: Self.options)
    #expect(
      newest.entries.map(\.entryID) == ["o-3/sale", "o-3/capture", "o-2/sale", "o-2/capture"])
    #expect(newest.entries.allSatisfy { !$0.postings.isEmpty })
    let oldest = try await ledger.client.listEntries(
      .init(
        environment: .sandbox, pageSize: 4, pageToken: newest.nextPageToken, newestFirst: true),
      options: Self.options)
    #expect(oldest.entries.map(\.entryID) == ["o-1/sale", "o-1/capture"])
    #expect(oldest.nextPageToken.isEmpty)
    let one = try await ledger.client.listEntries(
      .init(environment: .sandbox, entryID: "o-2/sale"), options: Self.options)
    #expect(one.entries == newest.entries.filter { $0.entryID == "o-2/sale" })
    let none = try await ledger.client.listEntries(
      .init(environment: .production, entryID: "o-2/sale"), options: Self.options)
    #expect(none.entries.isEmpty)
  }

  @Test func `a payout tells how its generations ended`() async throws {
    try await LedgerUnderTest.running { ledger in
      try await ledger.fund()
      try await ledger.putRecipients(["reseller:42"])
      ledger.payPal.items(become: "FAILED", error: "RECEIVER_ACCOUNT_LOCKED")
      try await ledger.sell("o-1")
      try await ledger.wait(for: "o-1/reseller", .failed)
      ledger.payPal.items(become: "SUCCESS")
      _ = try await ledger.client.retryPayout(
        .init(payoutID: "o-1/reseller"), options: Self.options)
      try await ledger.wait(for: "o-1/reseller", .paid)
      let payout = try await ledger.payout("o-1/reseller")
      #expect(payout.generation == 2)
      let end = try #require(payout.ends.first)
      #expect(payout.ends.count == 1 && end.generation == 1 && end.state == .failed)
      #expect(end.amount == payout.amount && end.reason?.providerCode == "RECEIVER_ACCOUNT_LOCKED")
      #expect(end.recipientEmail == "reseller-42@example.com")
    }
  }
}
