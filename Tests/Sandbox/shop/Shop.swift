/// The supplier's shop as people see it in a browser: who is logged in, and what they are about to
/// order. Products and orders are the supplier's.
struct Shop: Sendable {
  /// The account that the platform buys with.
  static let email = "buyer@platform.example"
  static let password = "sandbox-shop-password"
  static let account = "77"

  /// Older ones are forgotten.
  static let sessionsMax = 1000
  static let draftsMax: Int64 = 1000

  /// What the account has kept from earlier orders: its own office, never the buyer's address.
  static let savedAddress = ShopAddress(
    contactPerson: "Platform Office", phoneCountry: "+1", mobileNo: "4155550199",
    address: "500 Terry Francois Street", city: "San Francisco", province: "California",
    country: "US", zip: "94158")

  /// Stands on every page until it is solved, cleared, or its time is over.
  struct Challenge: Sendable {
    static let answer = "123456"

    /// In milliseconds since 1970; nil is for good.
    let until: Int64?
  }

  var challenge: Challenge?
  private var sessions: [(token: String, account: String)] = []
  private var drafts: [Int64: ShopDraft] = [:]
  private var lastDraft: Int64 = 0

  /// Logs an account in.
  ///
  /// - Returns: the value of its cookie.
  mutating func logIn(_ account: String) -> String {
    let words = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
    let token = words.joined(separator: "-")
    sessions.append((token, account))
    if sessions.count > Self.sessionsMax { sessions.removeFirst() }
    return token
  }

  /// Whose cookie it is; nil when it is nobody's.
  func account(_ token: String) -> String? {
    sessions.last { $0.token == token }?.account
  }

  mutating func logOut(_ token: String) {
    sessions.removeAll { $0.token == token }
  }

  /// Begins a checkout, with the saved address.
  mutating func begin(_ draft: ShopDraft) -> ShopDraft {
    lastDraft += 1
    var draft = draft
    draft.id = lastDraft
    drafts[lastDraft] = draft
    drafts[lastDraft - Self.draftsMax] = nil
    return draft
  }

  mutating func keep(_ draft: ShopDraft) { drafts[draft.id] = draft }

  func draft(_ id: Int64, of account: String) -> ShopDraft? {
    guard let draft = drafts[id], draft.account == account else { return nil }
    return draft
  }

  func draft(_ id: Int64) -> ShopDraft? { drafts[id] }
}

/// A checkout that was begun.
///
/// **Invariant:** it becomes at most one order: whoever sends it again, such as a browser that lost
/// the connection, gets the first answer once more.
struct ShopDraft: Sendable {
  var id: Int64 = 0
  let account: String
  let productID: String
  let skuID: String
  let quantity: Int64
  var address = Shop.savedAddress
  var hasNewAddress = false
  /// More than the product's page said, in US cents for each piece.
  var surcharge: Int64 = 0
  var hasConfirmButton = true
  /// How long after a choice of delivery the page shows its totals, in milliseconds.
  var totalsDelay: Int64 = 0
  var isSoldOut = false
  /// What was answered when it was placed.
  var answer: Answer?
}
