import Contract
import Money
import Synchronization

@testable import Purchasing

/// A shop that does as it is told and knows what was really bought there.
final class ScriptedShop: BrowserShop {
  /// What becomes of one visit that is to buy.
  enum Answer: Sendable {
    case place
    /// It is bought, and the page after it is lost.
    case placeInSilence
    /// The click comes to nothing, and the page after it is lost.
    case vanish
    /// It ends before the confirm button.
    case before(ShopPlacing)
  }

  struct State {
    var accounts: [Contract.Environment: String] = [.sandbox: "shop:buyer@platform.example"]
    var answers: [Answer] = []
    var orders: [ListedOrder] = []
    var isPaid = true
    var visits = 0
    var atOnce = 0
    var mostAtOnce = 0
    var listings: [Reading<[ListedOrder]>] = []
    var total: Int64 = 800
    var passwordMark = "mark"
    var orderReading: Reading<SupplierOrder>?
  }

  let state = Mutex(State())

  func script(_ answers: Answer...) { state.withLock { $0.answers += answers } }
  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  var bought: [ListedOrder] { state.withLock { $0.orders } }

  func account(in environment: Contract.Environment) -> String? {
    state.withLock { $0.accounts[environment] }
  }

  func passwordMarks(in environment: Contract.Environment) -> [String] {
    state.withLock { $0.accounts[environment] == nil ? [] : [$0.passwordMark] }
  }

  static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  func place(
    _ content: PurchaseContent, _ log: VisitLog,
    confirming: @Sendable (ShopTotals) async throws -> Bool
  ) async throws -> ShopPlacing {
    let (answer, total) = state.withLock { state in
      state.visits += 1
      state.atOnce += 1
      state.mostAtOnce = max(state.mostAtOnce, state.atOnce)
      return (state.answers.isEmpty ? .place : state.answers.removeFirst(), state.total)
    }
    defer { state.withLock { $0.atOnce -= 1 } }
    log.begin(.product)
    log.add(screenshot: "\(log.name).01-product.png")
    if case .before(let placing) = answer { return placing }
    log.begin(.confirming)
    let totals = ShopTotals(
      items: Self.usd(total - 150), shipping: Self.usd(150), tax: Self.usd(0),
      landed: Self.usd(total), delivery: "STANDARD")
    do {
      guard try await confirming(totals) else { return .forbidden }
    } catch let reason as PurchaseReason {
      return .refused(reason)
    }
    log.begin(.confirmed)
    switch answer {
    case .place:
      let id = take(content)
      return .placed(ids: [id], orders: [order(id)])
    case .placeInSilence:
      take(content)
      return .unknown(BrowserRules.lost("the page was lost"))
    case .vanish, .before: return .unknown(BrowserRules.lost("the page was lost"))
    }
  }

  @discardableResult
  private func take(_ content: PurchaseContent) -> String {
    state.withLock { state in
      let id = "90000000000000\(10 + state.orders.count)"
      state.orders.append(Self.listed(id, content))
      return id
    }
  }

  /// A purchase's order as the list shows it.
  static func listed(
    _ id: String, _ content: PurchaseContent, placedAt: Int64 = PurchaseWork.now()
  ) -> ListedOrder {
    let to = content.shipTo
    return ListedOrder(
      id: id, quantity: content.quantity, receiver: to.fullName,
      address: [to.line1, to.line2, to.city, to.province, to.postalCode, to.country].joined(
        separator: ", "), placedAt: placedAt)
  }

  private func order(_ id: String) -> SupplierOrder {
    SupplierOrder(
      id: id,
      status: state.withLock { $0.isPaid } ? "WAIT_SELLER_SEND_GOODS" : "PLACE_ORDER_SUCCESS",
      isCancelled: false, amount: Self.usd(state.withLock { $0.total }), parts: nil,
      payTimeoutSeconds: nil)
  }

  func listed(_ content: PurchaseContent, since time: Int64, _ log: VisitLog) async
    -> Reading<[ListedOrder]>
  {
    state.withLock { state in
      state.listings.isEmpty
        ? .value(state.orders.filter { $0.placedAt >= time }) : state.listings.removeFirst()
    }
  }

  func order(_ id: String, in environment: Contract.Environment) async -> Reading<SupplierOrder> {
    state.withLock(\.orderReading) ?? .value(order(id))
  }
}
