import Contract
import Money
import Outside
import PayPal
import RPC
import Runtime
import Store

/// PayPal did not tell what it has.
struct ActivityMissing: Error, RPCErrorConvertible {
  /// Nil when nobody knows, so that asking again may help.
  let code: String?
  let text: String

  var rpcError: RPCError {
    guard let code else { return RPCError(.unavailable, "PayPal could not be asked: \(text)") }
    return RPCError(
      .failedPrecondition, "PayPal does not show the account's transactions: \(text)",
      reason: ErrorReason(code: "ACTIVITY_REFUSED", metadata: ["code": code]))
  }
}

/// What PayPal has, held against the books.
extension LedgerService {
  private static let spanMilliseconds: Int64 = 31 * 86_400_000
  /// Most lines of an answer.
  private static let linesMax = 5_000

  /// Compares PayPal's list of our account, and the items of our batches, with the books of a time.
  /// FAILED_PRECONDITION (ACTIVITY_REFUSED) with PayPal's code when it does not show them,
  /// UNAVAILABLE when it cannot be asked.
  func reconcile(_ request: ReconcileRequest, _ context: CallContext) async throws
    -> ReconcileResponse
  {
    try context.actor().requirePlatform("reconcile")
    var fields = Fields()
    let environment = fields.environment(request.environment)
    let now = try await store.read { $0.now }
    let until = fields.time("until", request.until) ?? now
    let from = fields.time("from", request.from) ?? until - Self.spanMilliseconds
    if !(1...Self.spanMilliseconds).contains(until - from) {
      fields.reject("until", "must be after `from`, and 31 days after it at most")
    }
    try fields.finish()
    guard let environment else { throw fields.refusal }
    guard activity.isConfigured(for: environment) else {
      throw ActivityMissing(
        code: "PAYPAL_NOT_CONFIGURED", text: "this environment has no PayPal account")
    }
    let margin = Reconciliation.marginMilliseconds
    let list = try await self.list(environment, from: from - margin, until: until + margin, now)
    var batches = try await self.batches(environment, from: from, until: until)
    let ids = Set(list.transactions.flatMap { [$0.id, $0.referenceID] }.filter { !$0.isEmpty })
    let (bookings, captures, attested) = try await store.read { transaction in
      let books = ReconciliationStore(transaction: transaction)
      return (
        try books.bookings(environment, from: from - margin, until: until + margin),
        try books.captures(ids, environment), try books.attested(ids, environment)
      )
    }
    if bookings.count > ReconciliationStore.bookingsMax {
      throw ActivityMissing(
        code: "TOO_MANY_BOOKINGS", text: "the time has too many bookings; ask for less of it")
    }
    batches += try await older(
      than: from, environment,
      wanted: Self.unexplained(list, batches, known: Set(captures.keys).union(attested.keys)))
    let found = Reconciliation(
      from: from, until: until, now: now, bookings: bookings, captures: captures,
      batches: batches, attested: attested, list: list)
    return Self.response(
      found, isWhole: request.withMatched, refreshedAt: list.refreshedAt)
  }

  private func list(
    _ environment: Contract.Environment, from: Int64, until: Int64, _ now: Int64
  ) async throws -> PayPalTransactionList {
    switch await activity.activity(in: environment, from: from, until: min(until, now + 1000)) {
    case .done(let list): return list
    case .refused(let refusal) where refusal.isTransient:
      throw ActivityMissing(code: nil, text: refusal.text)
    case .refused(let refusal): throw ActivityMissing(code: refusal.code, text: refusal.text)
    case .unknown(let text): throw ActivityMissing(code: nil, text: text)
    }
  }

  private func batches(_ environment: Contract.Environment, from: Int64, until: Int64)
    async throws -> [Reconciliation.Batch]
  {
    let ids = try await store.read {
      try ReconciliationStore(transaction: $0).batches(environment, from: from, until: until)
    }
    if ids.count > ReconciliationStore.batchesMax {
      throw ActivityMissing(
        code: "TOO_MANY_BATCHES", text: "the time has too many batches; ask for less of it")
    }
    var batches: [Reconciliation.Batch] = []
    for id in ids { batches.append(try await batch(id, environment)) }
    return batches
  }

  /// PayPal first: what ends meanwhile is in the books by then, or differs and is asked again.
  private func batch(_ id: String, _ environment: Contract.Environment) async throws
    -> Reconciliation.Batch
  {
    let outcome = await activity.look(atBatch: id, in: environment)
    let sent = try await store.read {
      try ReconciliationStore(transaction: $0).sent(inBatch: id)
    }
    guard case .done(let report) = outcome else { return .init(sent: sent, report: nil) }
    return .init(sent: sent, report: report)
  }

  /// Lines that may be about items of batches that were not read: what left our account, and what came
  /// back into it.
  private static func unexplained(
    _ list: PayPalTransactionList, _ batches: [Reconciliation.Batch], known: Set<String>
  ) -> Set<String> {
    let lines = list.transactions.filter { $0.status != "D" }
    let wanted = lines.map { $0.amount.isNegative ? $0.id : $0.referenceID }
    let refunds = lines.filter { known.contains($0.referenceID) }.map(\.id)
    let items = batches.flatMap { $0.report?.items.map(\.transactionID) ?? [] }
    return Set(wanted.filter { !$0.isEmpty }).subtracting(known).subtracting(refunds)
      .subtracting(items)
  }

  /// Batches of before, newest first, as long as there is something that they may explain: an item is
  /// paid, or comes back, up to a month after its batch was sent.
  private func older(
    than from: Int64, _ environment: Contract.Environment, wanted: Set<String>
  ) async throws -> [Reconciliation.Batch] {
    if wanted.isEmpty { return [] }
    let ids = try await store.read {
      try ReconciliationStore(transaction: $0).batches(
        environment, from: from - Self.spanMilliseconds, until: from)
    }
    var (batches, open) = ([Reconciliation.Batch](), wanted)
    for id in ids.prefix(ReconciliationStore.batchesMax) where !open.isEmpty {
      var batch = try await batch(id, environment)
      batch.isOlder = true
      open.subtract(batch.report?.items.map(\.transactionID) ?? [])
      batches.append(batch)
    }
    return batches
  }

  private static func response(
    _ found: Reconciliation, isWhole: Bool, refreshedAt: Int64?
  ) -> ReconcileResponse {
    var tallies: [ReconcileKind: (matched: Int64, open: Int64)] = [:]
    for line in found.lines {
      if line.reason == .matched {
        tallies[line.kind, default: (0, 0)].matched += 1
      } else {
        tallies[line.kind, default: (0, 0)].open += 1
      }
    }
    let shown = found.lines.filter { isWhole || $0.reason != .matched }
      .sorted { ($0.since, $0.subject) < ($1.since, $1.subject) }
    return ReconcileResponse(
      lines: shown.prefix(linesMax).map { ReconcileLine($0, now: found.now) },
      tallies: tallies.sorted { $0.key.rawValue < $1.key.rawValue }.map {
        ReconcileTally(kind: $0.key, matched: $0.value.matched, open: $0.value.open)
      },
      from: Timestamp(milliseconds: found.from), until: Timestamp(milliseconds: found.until),
      refreshedAt: refreshedAt.map { Timestamp(milliseconds: $0) },
      leftOut: Int64(max(0, shown.count - linesMax)))
  }
}

extension ReconcileLine {
  init(_ line: Reconciliation.Line, now: Int64) {
    self.init(
      kind: line.kind, reason: line.reason, subject: line.subject, providerID: line.providerID,
      booked: line.booked.map { .init($0) }, reported: line.reported.map { .init($0) },
      text: line.text, since: Timestamp(milliseconds: line.since),
      ageSeconds: max(0, now - line.since) / 1000)
  }
}
