import Contract
import Money
import RPC
import Runtime
import Store

/// One account: its balance and what went through it. A reseller sees his own, the platform's people
/// all.
extension LedgerService {
  /// Which account of the chart is meant.
  private struct AccountKey: Sendable {
    let account: Account
    let environment: Contract.Environment
    let currency: Currency
  }

  func getBalance(_ request: GetBalanceRequest, _ context: CallContext) async throws -> Balance {
    let actor = try context.actor()
    var fields = Fields()
    let key = read(request.account, request.environment, request.currency, &fields)
    try fields.finish()
    guard let key else { throw fields.refusal }
    try requireAccess(actor, to: key.account)
    let funds = try await store.read {
      try PayoutStore(transaction: $0).balance(of: key.account, key.environment, key.currency)
    }
    return Balance(
      account: key.account.name, environment: key.environment, balance: .init(funds.balance),
      pending: .init(funds.pending), available: .init(funds.available))
  }

  /// An account's entries, oldest first, with the balance after each. A page token holds the place
  /// and the balance there, so that what is booked later changes no page that was read.
  func getStatement(_ request: GetStatementRequest, _ context: CallContext) async throws
    -> GetStatementResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let key = read(request.account, request.environment, request.currency, &fields)
    let size = fields.pageSize(request.pageSize)
    var mark = Journal.StatementMark.start
    if let given = Journal.StatementMark(token: request.pageToken) {
      mark = given
    } else if !request.pageToken.isEmpty {
      fields.reject(
        "page_token",
        "is \"\(Fields.shown(request.pageToken))\"; it must come from a page before")
    }
    try fields.finish()
    guard let key else { throw fields.refusal }
    try requireAccess(actor, to: key.account)
    let start = mark
    let found = try await store.read {
      try Journal(transaction: $0).statement(
        of: key.account, key.environment, key.currency, after: start, limit: size + 1)
    }
    let page = found.prefix(size)
    let end = page.last.map {
      Journal.StatementMark(sequence: $0.sequence, balance: $0.balance.minorUnits)
    }
    return GetStatementResponse(
      lines: page.map { StatementLine($0) },
      nextPageToken: found.count > size ? end?.token ?? "" : "")
  }

  private func read(
    _ name: String, _ environment: Contract.Environment, _ code: String, _ fields: inout Fields
  ) -> AccountKey? {
    let account = Account(name: name)
    if account == nil {
      fields.reject(
        "account",
        "is \"\(Fields.shown(name))\"; it must be reseller:ID or one of "
          + Account.names.joined(separator: ", "))
    }
    let environment = fields.environment(environment)
    let currency = fields.currency("currency", code)
    guard let account, let environment, let currency else { return nil }
    return AccountKey(account: account, environment: environment, currency: currency)
  }

  private func requireAccess(_ actor: Actor, to account: Account) throws {
    if let payee = Payee(account: account) {
      try requireAccess(actor, to: payee)
    } else {
      try actor.requirePlatform("see the platform's accounts")
    }
  }
}
