import Contract
import Logging
import Money
import RPC
import Store
import Support
import Testing

@testable import Ledger

/// A ledger in memory with a scripted PayPal, called through the contract.
struct LedgerUnderTest: Sendable {
  static let asSystem = CallOptions(timeout: .seconds(20)).acting("system")
  static let asOperator = CallOptions(timeout: .seconds(20)).acting("operator:test")
  static let logger = Logger(label: "ledger-tests") { _ in SwiftLogNoOpLogHandler() }

  let store: Store
  let payPal: ScriptedPayouts
  let client: LedgerClient

  init(_ location: Location = .memory) throws {
    store = try Store(
      location, applicationID: Schema.applicationID, migrations: Schema.migrations,
      logger: Self.logger)
    payPal = ScriptedPayouts()
    let service = LedgerService(store: store, logger: Self.logger)
    client = LedgerClient(InProcessChannel(services: [service.rpcService()], logger: Self.logger))
  }

  /// Runs with the payouts moving.
  static func running(_ body: (LedgerUnderTest) async throws -> Void) async throws {
    let ledger = try LedgerUnderTest()
    let work = PayoutWork(
      store: ledger.store, gateway: ledger.payPal, pollMilliseconds: 10, logger: logger)
    try await work.takeOver()
    let runner = IntentRunner(store: ledger.store, logger: logger, handlers: work.handlers)
    let running = Task { await runner.run() }
    do {
      try await body(ledger)
    } catch {
      running.cancel()
      await running.value
      throw error
    }
    running.cancel()
    await running.value
    try await ledger.expectSound()
  }

  static func usd(_ cents: Int64) -> Contract.Money { .init(minorUnits: cents, currency: "USD") }

  static func capture(
    _ orderID: String, price: Int64 = 2000, fee: Int64 = 0, user: Int64 = 42
  ) -> RecordCaptureRequest {
    RecordCaptureRequest(
      orderID: orderID, userID: user, environment: .sandbox, price: usd(price),
      paymentFee: usd(fee), captureID: "CAP-\(orderID)",
      occurredAt: Timestamp(milliseconds: 1_790_000_000_000))
  }

  static func sale(
    _ orderID: String, price: Int64 = 2000, cost: Int64 = 800, fee: Int64 = 0, user: Int64 = 42,
    fundedBy: String = "reseller"
  ) -> RecordSaleRequest {
    RecordSaleRequest(
      orderID: orderID, userID: user, environment: .sandbox, price: usd(price),
      landedCost: usd(cost), paymentFee: usd(fee), fundedBy: fundedBy,
      productURL: "https://www.aliexpress.com/item/1.html", marketplace: "aliexpress",
      occurredAt: Timestamp(milliseconds: 1_790_000_001_000))
  }

  /// Books a capture and its sale.
  @discardableResult
  func sell(
    _ orderID: String, price: Int64 = 2000, cost: Int64 = 800, fee: Int64 = 0, user: Int64 = 42,
    fundedBy: String = "reseller"
  ) async throws -> Sale {
    _ = try await client.recordCapture(
      Self.capture(orderID, price: price, fee: fee, user: user), options: Self.asSystem)
    return try await client.recordSale(
      Self.sale(orderID, price: price, cost: cost, fee: fee, user: user, fundedBy: fundedBy),
      options: Self.asSystem)
  }

  /// Books a refund of an order.
  @discardableResult
  func refund(_ orderID: String, _ id: String, _ cents: Int64, supplier: Int64? = nil)
    async throws -> Sale
  {
    try await client.recordRefund(
      .init(
        orderID: orderID, refundID: id, refunded: Self.usd(cents),
        supplierRefund: supplier.map { Self.usd($0) },
        occurredAt: Timestamp(milliseconds: 1_790_000_002_000)), options: Self.asSystem)
  }

  /// Books what a dispute came to.
  @discardableResult
  func dispute(
    _ orderID: String, _ id: String, _ state: DisputeState, _ cents: Int64? = nil,
    fee: Int64? = nil
  ) async throws -> Sale {
    try await client.recordDispute(
      .init(
        orderID: orderID, disputeID: id, state: state, amount: cents.map { Self.usd($0) },
        fee: fee.map { Self.usd($0) },
        occurredAt: Timestamp(milliseconds: 1_790_000_003_000)), options: Self.asSystem)
  }

  func fund(_ id: String = "float", _ cents: Int64 = 1_000_000) async throws {
    _ = try await client.recordFunding(
      .init(
        fundingID: id, environment: .sandbox, direction: .topUp, amount: Self.usd(cents),
        occurredAt: nil), options: Self.asOperator)
  }

  func putRecipients(_ payees: [String] = ["admin", "reseller:42"]) async throws {
    for payee in payees {
      _ = try await client.putPayoutRecipient(
        .init(
          payee: payee, environment: .sandbox,
          email: "\(payee.replacing(":", with: "-"))@example.com"), options: Self.asOperator)
    }
  }

  func payout(_ payoutID: String) async throws -> Contract.Payout {
    try await client.getPayout(.init(payoutID: payoutID), options: Self.asOperator)
  }

  /// What the lane of the US dollar does next, with its first step taken.
  func compose(itemsMax: Int = 1000) async throws -> PayoutStore.Composed {
    try await store.write {
      try PayoutStore(transaction: $0).compose(
        PayoutLane(.sandbox, .usd), isConfigured: true, itemsMax: itemsMax)
    }
  }

  /// The next batch of the lane of the US dollar, committed and not sent.
  func composeBatch() async throws -> PayoutSending {
    let composed = try await compose()
    guard case .send(let sending) = composed.composition else {
      throw NotComposed(composed: "\(composed)")
    }
    return sending
  }

  struct NotComposed: Error { let composed: String }

  /// Waits until a payout has a state, and a reason when one is given.
  @discardableResult
  func wait(for payoutID: String, _ state: PayoutState, _ reason: String? = nil) async throws
    -> Contract.Payout
  {
    try await eventually("\(payoutID) is \(state.name) \(reason ?? "")", within: .seconds(45)) {
      // One that gathers others is made when they are due.
      guard let payout = try? await payout(payoutID) else { return nil }
      let isThere = payout.state == state && (reason == nil || payout.reason?.code == reason)
      return isThere ? payout : nil
    }
  }

  /// Balance of an account on its usual side.
  func balance(_ account: String) async throws -> Int64? {
    try await client.getBalance(
      .init(account: account, environment: .sandbox, currency: "USD"), options: Self.asOperator
    ).balance?.minorUnits
  }

  /// The journal, one line per posting: `o-1/sale sales 20.00` and so on.
  func page(_ orderID: String = "") async throws -> [String] {
    try await export(.csv, orderID).split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return "\(fields[1]): \(fields[3]) <- \(fields[4]) \(fields[5])"
    }
  }

  func export(_ format: JournalFormat, _ orderID: String = "") async throws -> String {
    var bytes: [UInt8] = []
    let stream = client.exportJournal(
      .init(format: format, environment: .sandbox, orderID: orderID), options: Self.asOperator)
    for try await piece in stream { bytes += piece.text }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The books balance, every hash fits, every rule holds.
  func expectSound() async throws {
    let trial = try await client.trialBalance(
      .init(environment: .sandbox, currency: ""), options: Self.asOperator)
    for total in trial.totals { #expect(total.difference?.minorUnits == 0) }
    #expect(trial.lines.reduce(0) { $0 + ($1.balance?.minorUnits ?? 0) } == 0)
    let verified = try await client.verifyJournal(
      .init(expectedHead: trial.headHash), options: Self.asOperator)
    #expect(verified.isValid, "\(verified.firstBadEntryID)")
    #expect(verified.entries == trial.entries && verified.headHash == trial.headHash)
    let checked = try await client.checkInvariants(.init(), options: Self.asOperator)
    #expect(checked.violations.isEmpty, "\(checked.violations)")
  }

  /// Expects a refusal with a code, a reason when one is given, and exactly these fields; nil for
  /// whatever fields.
  func expectRefused(
    _ code: StatusCode, reason: String? = nil, fields: [String]? = [],
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("expected \(code) \(fields)", sourceLocation: sourceLocation)
    } catch let error as RPCError {
      #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
      if let reason {
        #expect(error.reason?.code == reason, "\(error)", sourceLocation: sourceLocation)
      }
      if let fields {
        #expect(
          error.violations.map(\.field) == fields, "\(error)", sourceLocation: sourceLocation)
      }
    } catch {
      Issue.record("unexpected \(error)", sourceLocation: sourceLocation)
    }
  }
}
