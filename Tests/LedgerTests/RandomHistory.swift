import Contract
import RPC
import Support
import Testing

@testable import Ledger

/// A seeded history of everything that can happen to orders, told to a ledger and to a model.
struct RandomHistory {
  static let currencies = ["USD", "JPY", "KWD"]

  let ledger: LedgerUnderTest
  var numbers: SeededNumbers
  var model = BookModel()
  private var made = 0
  /// By user; 0 for all without their own.
  private var rates: [Int64: Int64] = [:]

  init(_ ledger: LedgerUnderTest, seed: UInt64) {
    self.ledger = ledger
    numbers = SeededNumbers(seed: seed)
  }

  /// - Parameter check: called now and then, and at the end.
  mutating func run(
    steps: Int, check: (RandomHistory) async throws -> Void = { _ in }
  ) async throws {
    try await ledger.putRecipients(["admin", "reseller:7", "reseller:42"])
    try await setRate(7, 1500)
    for step in 1...steps {
      switch number(0...23) {
      case 0...4: try await capture()
      case 5...8: try await sell()
      case 9...11: try await refund()
      case 12...13: try await dispute()
      case 14 where number(0...3) == 0:
        try await setRate(pick([0, 7, 42]) ?? 0, number(0...100) * 100)
      case 14: try await fund()
      case 15: try await demand()
      default: try await movePayouts()
      }
      if step % 50 == 0 { try await check(self) }
    }
    try await check(self)
  }

  // MARK: Chance

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &numbers)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.randomElement(using: &numbers)
  }

  private mutating func newID(_ kind: String) -> String {
    made += 1
    return "\(kind)-\(made)"
  }

  private mutating func index(where isRight: (BookModel.Order) -> Bool) -> Int? {
    pick(model.orders.indices.filter { isRight(model.orders[$0]) })
  }

  // MARK: What happens

  private mutating func capture() async throws {
    let price = number(1...50_000)
    let order = BookModel.Order(
      id: newID("o"), user: pick([0, 7, 42, 42]) ?? 0,
      currency: pick(Self.currencies) ?? "USD", price: price, fee: number(0...price / 10))
    let request = RecordCaptureRequest(
      orderID: order.id, userID: order.user, environment: .sandbox,
      price: .init(minorUnits: price, currency: order.currency),
      paymentFee: .init(minorUnits: order.fee, currency: order.currency),
      captureID: "CAP-\(order.id)",
      occurredAt: Timestamp(milliseconds: number(0...2_000_000_000_000)))
    let first = try await ledger.client.recordCapture(request, options: LedgerUnderTest.asSystem)
    let again = try await ledger.client.recordCapture(request, options: LedgerUnderTest.asSystem)
    #expect(first == again)
    model.orders.append(order)
  }

  private mutating func sell() async throws {
    guard let index = index(where: { $0.cost == nil }) else { return }
    var order = model.orders[index]
    let cost = number(0...order.price * 3 / 2)
    order.cost = cost
    order.isFundedByReseller = order.user != 0 && number(0...1) == 1
    order.rate = rates[order.user] ?? rates[0] ?? 1000
    let sale = try await ledger.client.recordSale(
      RecordSaleRequest(
        orderID: order.id, userID: order.user, environment: .sandbox,
        price: .init(minorUnits: order.price, currency: order.currency),
        landedCost: .init(minorUnits: cost, currency: order.currency),
        paymentFee: .init(minorUnits: order.fee, currency: order.currency),
        fundedBy: order.isFundedByReseller ? "reseller" : "platform"),
      options: LedgerUnderTest.asSystem)
    model.orders[index] = order
    expect(sale, order)
  }

  private mutating func refund() async throws {
    guard let index = index(where: { _ in true }) else { return }
    var order = model.orders[index]
    let left = order.price - order.refunded
    let amounts: [Int64] = [left, number(0...left + 10), number(0...left)]
    let suppliers: [Int64] = [0, 0, number(0...order.paid + 5)]
    let (amount, supplier) = (pick(amounts) ?? 0, pick(suppliers) ?? 0)
    if amount + supplier == 0 { return }
    let request = RecordRefundRequest(
      orderID: order.id, refundID: newID("r"),
      refunded: .init(minorUnits: amount, currency: order.currency),
      supplierRefund: .init(minorUnits: supplier, currency: order.currency))
    let isRight = amount <= left && (supplier == 0 || order.cost != nil && supplier <= order.paid)
    guard isRight else {
      await ledger.expectRefused(.failedPrecondition, fields: nil) {
        _ = try await ledger.client.recordRefund(request, options: LedgerUnderTest.asSystem)
      }
      return
    }
    order.refunded += amount
    order.supplier += supplier
    model.orders[index] = order
    for _ in 1...2 {
      expect(
        try await ledger.client.recordRefund(request, options: LedgerUnderTest.asSystem), order)
    }
  }

  private mutating func dispute() async throws {
    guard let index = index(where: { !$0.holds.isEmpty || $0.price > $0.refunded }) else { return }
    var order = model.orders[index]
    let left = order.price - order.refunded
    var request = RecordDisputeRequest(
      orderID: order.id, disputeID: order.holds.keys.min() ?? newID("d"), state: .opened)
    if order.holds.isEmpty {
      let amount = number(1...left)
      request.amount = .init(minorUnits: amount, currency: order.currency)
      order.holds[request.disputeID] = amount
    } else if left > 0, number(0...1) == 1 {
      let (amount, fee) = (number(1...left), number(0...20))
      request.state = .lost
      request.amount = .init(minorUnits: amount, currency: order.currency)
      request.fee = .init(minorUnits: fee, currency: order.currency)
      order.holds = [:]
      order.refunded += amount
      order.disputeFees += fee
    } else {
      request.state = .won
      order.holds = [:]
    }
    model.orders[index] = order
    for _ in 1...2 {
      expect(
        try await ledger.client.recordDispute(request, options: LedgerUnderTest.asSystem), order)
    }
  }

  private mutating func setRate(_ user: Int64, _ basisPoints: Int64) async throws {
    rates[user] = basisPoints
    let rate = try await ledger.client.setCommissionRate(
      .init(userID: user, rateBps: Int32(basisPoints)), options: LedgerUnderTest.asOperator)
    #expect(rate.rateBps == Int32(basisPoints))
  }

  private mutating func fund() async throws {
    let (currency, amount) = (pick(Self.currencies) ?? "USD", number(1...100_000))
    let isIn = number(0...3) > 0
    _ = try await ledger.client.recordFunding(
      .init(
        fundingID: newID("f"), environment: .sandbox, direction: isIn ? .topUp : .withdrawal,
        amount: .init(minorUnits: amount, currency: currency)),
      options: LedgerUnderTest.asOperator)
    model.fundings.append((currency, isIn ? amount : -amount))
  }

  private mutating func demand() async throws {
    let (payee, currency) = (
      pick(["admin", "reseller:7", "reseller:42"]) ?? "", pick(Self.currencies) ?? ""
    )
    let account = payee == "admin" ? "adminPayable" : payee
    let balance = try await ledger.client.getBalance(
      .init(account: account, environment: .sandbox, currency: currency),
      options: LedgerUnderTest.asOperator)
    let waiting = try await ledger.client.listPayouts(
      .init(payee: payee, state: .pending, pageSize: 1000), options: LedgerUnderTest.asOperator)
    let bound = waiting.payouts.compactMap(\.due).filter { $0.currency == currency }
      .reduce(0) { $0 + $1.minorUnits }
    let free = max(0, model.owed(account, currency) - bound)
    #expect(balance.available?.minorUnits == free)
    let id = newID("p")
    func request(_ units: Int64) async throws {
      _ = try await ledger.client.requestPayout(
        .init(
          payoutID: id, payee: payee, environment: .sandbox,
          amount: .init(minorUnits: units, currency: currency)),
        options: LedgerUnderTest.asOperator)
    }
    await ledger.expectRefused(.failedPrecondition, reason: "BALANCE_TOO_LOW", fields: nil) {
      try await request(free + 1)
    }
    if free > 0 { try await request(number(1...free)) }
  }

  private func expect(_ sale: Sale, _ order: BookModel.Order) {
    #expect(sale.refunded?.minorUnits == order.refunded)
    #expect(sale.held?.minorUnits == order.holds.values.reduce(0, +))
    guard order.cost != nil else { return }
    #expect(sale.gross?.minorUnits == order.gross)
    #expect(sale.commission?.minorUnits == order.commission)
    #expect(sale.net?.minorUnits == order.net)
  }
}
