import Contract
import Money

/// What `orders` asks to be bought: the content by which a replay is compared.
struct PurchaseContent: Hashable, Sendable {
  let orderID: String
  /// 1 for the first.
  let generation: Int
  /// The reseller whose account buys; 0 for a house order.
  let userID: Int64
  let environment: Contract.Environment
  let productURL: String
  /// The supplier's product id, read from the URL.
  let productID: String
  let skuID: String
  let quantity: Int
  let shipTo: Address
  /// The most that items, shipping and tax may cost together.
  let ceiling: Amount

  /// The key under which the supplier knows this generation (`out_order_id`).
  var key: String { "\(orderID)-p\(generation)" }
}

/// One generation of what we buy from the supplier for an order.
///
/// **Invariant:** at most one generation of an order is live, that is neither REFUSED nor CLOSED.
/// **Invariant:** from PLACING on, `request` is what was sent; a lookup repeats exactly that.
/// **Invariant:** UNKNOWN is left only by an answer under the same key, by an order of the supplier that
/// can only be this one, or by a person.
struct Purchase: Hashable, Sendable {
  /// Where a purchase stands; its raw value is stored.
  enum State: String, Sendable, CaseIterable {
    /// Nothing was sent yet.
    case requested = "REQUESTED"
    /// Something was sent, or is about to be; or it certainly was not accepted and is sent again.
    case placing = "PLACING"
    /// The supplier has the order and has not been paid.
    case awaitingSupplierPayment = "AWAITING_SUPPLIER_PAYMENT"
    /// The supplier has the order and was paid. Final.
    case purchased = "PURCHASED"
    /// Sent, and nobody knows whether it was placed.
    case unknown = "UNKNOWN"
    /// Certainly not placed. Final for this generation.
    case refused = "REFUSED"
    /// Was placed and has lapsed unpaid. Final for this generation.
    case closed = "CLOSED"

    var contract: PurchaseState {
      switch self {
      case .requested: .requested
      case .placing: .placing
      case .awaitingSupplierPayment: .awaitingSupplierPayment
      case .purchased: .purchased
      case .unknown: .unknown
      case .refused: .refused
      case .closed: .closed
      }
    }

    /// Nil for the unspecified and the unrecognized of the contract.
    init?(_ contract: PurchaseState) {
      guard let state = Self.allCases.first(where: { $0.contract == contract }) else { return nil }
      self = state
    }

    /// Whether the next generation may be asked for.
    var allowsNextGeneration: Bool { self == .refused || self == .closed }
    /// Whether nothing more happens to it.
    var isFinal: Bool { allowsNextGeneration || self == .purchased }
  }

  /// Which lookup resolved an unknown outcome; its raw value is stored.
  enum Resolution: String, Sendable {
    case none = ""
    case repeatedRequest
    /// The supplier told of the order by itself.
    case pushMessage
    /// The account's list of orders shows it.
    case orderList
    case person
  }

  let content: PurchaseContent
  let state: State
  /// `api` or `browser`, the path taken last; empty before.
  let path: String
  /// What was sent, as text; empty before.
  let request: String
  let supplierOrderIDs: [String]
  /// What the supplier charged, once known.
  let cost: Cost?
  let reason: PurchaseReason?
  let resolvedBy: Resolution
  /// Tries of the present step that came to nothing.
  let tries: Int
  /// First sending under the key; milliseconds since the epoch, 0 before.
  let sentAt: Int64
  /// When the supplier was known to have the order; 0 before.
  let placedAt: Int64
  /// When the supplier's unpaid order lapses; 0 where that is not known, or it is paid.
  var payBy: Int64 = 0
  /// When it goes on by itself, in the past while it does; 0 when it has ended or waits for a person.
  let nextAt: Int64
  let createdAt: Int64
  let updatedAt: Int64
  /// When the shop's list was first read and did not have it, since it was confirmed; 0 before.
  var listReadAt: Int64 = 0

  /// Whose account pays the supplier on the path taken.
  var fundedBy: String {
    switch path {
    case "api": "reseller"
    case "browser": "platform"
    default: ""
    }
  }

  /// Whether it was taken to the shop's pages.
  var isInShop: Bool { path == "browser" }

  /// Whether only a person can tell what became of it.
  var waitsForPerson: Bool { state == .unknown && nextAt == 0 }
  /// Whether the supplier's order lapses unless somebody pays it.
  var waitsForPayer: Bool {
    state == .awaitingSupplierPayment && reason?.code == .supplierPaymentFailed
  }
  /// Whether waiting longer for an answer is in vain: it has ended, or a person must act.
  var isSettled: Bool { state.isFinal || waitsForPerson || waitsForPayer }
  /// Whether nothing will have come of it at a time, as far as anybody can tell. New tokens may come
  /// at any moment.
  func isWaiting(beyond time: Int64) -> Bool {
    if isSettled { return true }
    let waitsForTokens = reason.map { ReasonSheet.line($0.code).retry == .whenTokensCome } ?? false
    return nextAt > time && !waitsForTokens
  }
}

/// What the supplier charged.
struct Cost: Hashable, Sendable {
  let landed: Amount
  /// Absent when the parts are not known or do not add up.
  let parts: Parts?

  struct Parts: Hashable, Sendable {
    let items: Amount
    let shipping: Amount
    let tax: Amount
  }
}

/// One sending to the supplier.
struct Attempt: Hashable, Sendable {
  /// What became of it; its raw value is stored.
  enum Outcome: String, Sendable, CaseIterable {
    /// Under way; after a restart, nobody knows.
    case started = "STARTED"
    case placed = "PLACED"
    case refused = "REFUSED"
    case unknown = "UNKNOWN"
    /// Certainly not taken, for a passing reason.
    case notAccepted = "NOT_ACCEPTED"

    var contract: AttemptOutcome {
      switch self {
      case .started: .started
      case .placed: .placed
      case .refused: .refused
      case .unknown: .unknown
      case .notAccepted: .notAccepted
      }
    }
  }

  let generation: Int
  /// 1 for the first of its generation.
  let number: Int
  let path: String
  /// The supplier's account that it was sent from: see `SealedCredentials.account`.
  let account: String
  let key: String
  let outcome: Outcome
  let reason: PurchaseReason?
  let startedAt: Int64
  /// 0 while it is under way.
  let endedAt: Int64

  // Of the browser path.

  /// Why the API was not used.
  var pathReason: PurchaseReason?
  /// The step that it is at, or ended at.
  var step = ""
  /// When it was committed that the order is confirmed next; 0 before.
  var confirmingAt: Int64 = 0
  /// Names of files, oldest first.
  var screenshots: [String] = []

  /// Whether it is a visit to the shop that has not come to the mark, so that nothing was bought.
  var isUnconfirmedVisit: Bool { path == "browser" && confirmingAt == 0 }
}
