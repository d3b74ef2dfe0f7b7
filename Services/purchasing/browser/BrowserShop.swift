import Contract
import Money
import Synchronization

/// The shop's pages, bought from with the platform's own account.
///
/// The live one drives a browser. Whoever calls has the account for himself: see `BrowserGate`.
protocol BrowserShop: Sendable {
  /// Names the account that buys in an environment, for comparison; nil where there is none, or it is
  /// not allowed.
  func account(in environment: Contract.Environment) -> String?

  /// Marks of the account's password, by each of the master keys, newest first: equal for equal
  /// passwords, and telling nothing else. Empty where there is no account.
  func passwordMarks(in environment: Contract.Environment) -> [String]

  /// Goes up to the confirm button, asks `confirming`, and clicks it.
  ///
  /// - Parameter confirming: records durably that the click comes now; false forbids it. What it throws
  ///   ends the visit, and is thrown.
  func place(
    _ content: PurchaseContent, _ log: VisitLog,
    confirming: @Sendable (ShopTotals) async throws -> Bool
  ) async throws -> ShopPlacing

  /// The account's orders with the purchase's variant, from a time on.
  func listed(_ content: PurchaseContent, since time: Int64, _ log: VisitLog) async
    -> Reading<[ListedOrder]>

  /// One order of the account.
  func order(_ id: String, in environment: Contract.Environment) async -> Reading<SupplierOrder>
}

/// What the checkout asks for.
struct ShopTotals: Hashable, Sendable {
  let items: Amount
  let shipping: Amount
  let tax: Amount
  let landed: Amount
  /// The delivery that was chosen.
  let delivery: String

  var quote: PurchaseRules.Quote {
    PurchaseRules.Quote(
      skuAttributes: "", deliveryCode: delivery, items: items, shipping: shipping, tax: tax,
      landed: landed)
  }
}

/// What became of a visit that was to buy.
enum ShopPlacing: Hashable, Sendable {
  /// The orders' numbers, and the orders as far as they could be read at once.
  case placed(ids: [String], orders: [SupplierOrder])
  /// Never confirmed, and it would fail again.
  case refused(PurchaseReason)
  /// Never confirmed, for a passing reason.
  case notAccepted(PurchaseReason)
  /// Confirmed, and nobody knows what came of it.
  case unknown(PurchaseReason)
  /// `confirming` forbade the click.
  case forbidden
}

/// A line of the account's order list.
struct ListedOrder: Hashable, Sendable {
  let id: String
  let quantity: Int
  let receiver: String
  let address: String
  /// Milliseconds since the epoch.
  let placedAt: Int64
}

/// What a visit came to, step by step, also when it ends in an error.
final class VisitLog: Sendable {
  private struct State {
    var step = ""
    var screenshots: [String] = []
  }

  /// What the names of its screenshots begin with.
  let name: String
  private let state = Mutex(State())

  init(name: String) { self.name = name }

  /// The step that it is at, or ended at.
  var step: String { state.withLock { $0.step } }
  /// Names of files, oldest first.
  var screenshots: [String] { state.withLock { $0.screenshots } }

  func begin(_ step: BrowserStep) { state.withLock { $0.step = step.rawValue } }
  func add(screenshot name: String) { state.withLock { $0.screenshots.append(name) } }
}

/// The steps of a visit, in the order in which they are taken.
enum BrowserStep: String, CaseIterable, Sendable {
  case start, login, product, variant, checkout, address, delivery, totals, confirming, confirmed
  /// Of a visit that looks up.
  case list, order
}
