import Contract
import Testing

@testable import Ledger

/// Whatever happens in whatever order, the books say what a naive model says.
@Suite struct HistoryTests {
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func `random histories end in the balances of the model`(_ seed: UInt64) async throws {
    let ledger = try LedgerUnderTest()
    var history = RandomHistory(ledger, seed: seed)
    try await history.run(steps: 300) { history in
      try await expectSame(history)
    }
    #expect(history.model.sendings.count > 10 && history.model.orders.count > 30)
  }

  private func expectSame(_ history: RandomHistory) async throws {
    let (ledger, expected) = (history.ledger, history.model.balances)
    let trial = try await ledger.client.trialBalance(
      .init(environment: .sandbox), options: LedgerUnderTest.asOperator)
    var found: [String: Int64] = [:]
    for line in trial.lines {
      let key = "\(line.account) \(line.balance?.currency ?? "")"
      found[key] = line.balance?.minorUnits
      let balance = try await ledger.client.getBalance(
        .init(
          account: line.account, environment: .sandbox, currency: line.balance?.currency ?? ""),
        options: LedgerUnderTest.asOperator)
      #expect(balance.balance?.minorUnits.magnitude == line.balance?.minorUnits.magnitude)
      #expect(try await last(line, ledger) == balance.balance, "\(key)")
    }
    #expect(found.filter { $0.value != 0 } == expected)
    let verified = try await ledger.client.verifyJournal(
      .init(expectedHead: trial.headHash), options: LedgerUnderTest.asOperator)
    #expect(verified.isValid)
    let checked = try await ledger.client.checkInvariants(
      .init(), options: LedgerUnderTest.asOperator)
    #expect(checked.violations.isEmpty, "\(checked.violations)")
  }

  /// The balance at the end of an account's statement, read in pages.
  private func last(_ line: TrialBalanceLine, _ ledger: LedgerUnderTest) async throws
    -> Contract.Money?
  {
    var (token, last) = ("", Contract.Money?.none)
    repeat {
      let page = try await ledger.client.getStatement(
        .init(
          account: line.account, environment: .sandbox, currency: line.balance?.currency ?? "",
          pageSize: 60, pageToken: token), options: LedgerUnderTest.asOperator)
      last = page.lines.last?.balance
      token = page.nextPageToken
    } while !token.isEmpty
    return last
  }
}
