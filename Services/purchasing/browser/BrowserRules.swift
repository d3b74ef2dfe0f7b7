import Contract
import Money

/// What the browser path may do, and what its outcomes mean. Pure.
///
/// Times are milliseconds.
enum BrowserRules {
  /// The shop's clock may be behind ours by this much.
  static let clockMargin: Int64 = 5 * 60 * 1000
  /// An order that is older than the click by more than the margin, or that came so much later, is
  /// not that click's.
  static let clickMax: Int64 = 30 * 60 * 1000
  /// Most lookups of one unknown outcome, and the pauses between them.
  static let lookUpsMax = 40
  /// How long a purchase that finds too many waiting stays away.
  static let busyPause: Int64 = 2000

  enum Step: Hashable, Sendable {
    /// Read the account's list.
    case lookUp
    /// Read the payment.
    case poll
  }

  /// What comes next for a purchase on this path; nil where nothing was confirmed, so that it is to be
  /// placed by whichever way is open.
  static func next(_ purchase: Purchase, _ attempts: [Attempt]) -> Step? {
    switch purchase.state {
    case .awaitingSupplierPayment: .poll
    case .unknown: .lookUp
    case .placing where isConfirmed(attempts.last): .lookUp
    case .requested, .placing, .purchased, .refused, .closed: nil
    }
  }

  /// Whether an attempt is, or died, past the mark.
  private static func isConfirmed(_ attempt: Attempt?) -> Bool {
    attempt?.outcome == .started && (attempt?.confirmingAt ?? 0) > 0
  }

  // MARK: Guards

  /// - Throws: `PurchaseReason` when a cost is above the ceiling, or in another currency.
  static func require(_ cost: Amount, within ceiling: Amount, _ source: String)
    throws(PurchaseReason)
  {
    let isAbove: Bool
    do throws(MoneyError) {
      isAbove = try ceiling.isLess(than: cost)
    } catch {
      throw PurchaseReason(
        code: .currencyNotSupported,
        text: "\(source) \(cost), the ceiling is \(ceiling); both must have one currency",
        owner: .platform)
    }
    if isAbove {
      throw PurchaseReason(
        code: .aboveCeiling,
        text: "\(source) \(cost), the ceiling is \(ceiling); raise the ceiling, or refund",
        owner: .reseller)
    }
  }

  static func unreadable(_ what: String) -> PurchaseReason {
    PurchaseReason(
      code: .priceUnreadable, text: "\(what) cannot be read; nothing is bought on a guess",
      owner: .platform)
  }

  static func isOrderNumber(_ text: String) -> Bool {
    (4...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  // MARK: Before the click

  /// What a failure before the click means: certainly nothing was bought.
  static func placing(_ failure: BrowserFailure) -> ShopPlacing {
    let reason = reason(failure)
    switch failure {
    case .broken, .shopDown: return .notAccepted(reason)
    case .notInstalled, .unexpectedPage, .challenge, .loginRefused: return .refused(reason)
    }
  }

  static func reason(_ failure: BrowserFailure) -> PurchaseReason {
    switch failure {
    case .notInstalled(let text):
      PurchaseReason(
        code: .browserUnavailable,
        text: "\(text), so the browser cannot buy; install chromium and chromium-driver, or set "
          + "DROPWIRE_WEBDRIVER_URL, then try again", owner: .platform)
    case .broken(let text):
      PurchaseReason(code: .browserUnavailable, text: text, owner: .nobody)
    case .shopDown(let text):
      PurchaseReason(code: .supplierUnavailable, text: text, owner: .nobody)
    case .unexpectedPage(let text):
      PurchaseReason(
        code: .browserPageUnknown,
        text: "the shop's page is not as the selector profile says: \(text); see the screenshot, "
          + "correct the profile and try again", owner: .platform)
    case .challenge(let text):
      PurchaseReason(
        code: .browserChallenge,
        text: "\(text); log in to the shop's account by hand and answer it, then try again",
        owner: .platform)
    case .loginRefused(let text):
      PurchaseReason(
        code: .browserLoginRefused, text: "\(text); correct the account's settings and try again",
        owner: .platform)
    }
  }

  static let busy = PurchaseReason(
    code: .browserBusy, text: "other purchases are with the shop's account; it comes next",
    owner: .nobody)

  // MARK: After the click

  static func lost(_ why: String) -> PurchaseReason {
    PurchaseReason(
      code: .outcomeUnknown,
      text:
        "the order was confirmed and its number is not known (\(why)); the account's order list "
        + "is read to find out", owner: .nobody)
  }

  enum Finding: Hashable, Sendable {
    case found(String)
    /// Nothing like it is there, and the list has been readable for so long that it never was placed.
    case absent(PurchaseReason)
    /// Not there yet.
    case notYet
    case askPerson(PurchaseReason)
  }

  /// What the list says about a purchase that was confirmed.
  ///
  /// - Parameters:
  ///   - orders: those with the variant, without those that are claimed by other purchases.
  ///   - readableSince: when the list was first read for it; nil when this is the first time.
  static func finding(
    _ orders: [ListedOrder], _ content: PurchaseContent, confirmingAt: Int64,
    readableSince: Int64?, settleTime: Int64, now: Int64
  ) -> Finding {
    let window = confirmingAt - clockMargin...confirmingAt + clickMax
    let own = orders.filter {
      $0.quantity == content.quantity && window.contains($0.placedAt)
        && ShopAddress.isSame($0, content.shipTo)
    }
    if own.count > 1 {
      return .askPerson(
        PlacingRules.askPerson(
          content.key,
          "several orders of the account fit it, \(own.map(\.id).joined(separator: ", "))"))
    }
    if let only = own.first { return .found(only.id) }
    guard let readableSince, now - readableSince >= settleTime else { return .notYet }
    // A list may shorten an address, or the shop split an order: what is much like it proves nothing.
    let alike = orders.filter { window.contains($0.placedAt) }
    guard alike.isEmpty else {
      return .askPerson(
        PlacingRules.askPerson(
          content.key,
          "orders of the account have its variant and time, and another quantity or address, "
            + "\(alike.map(\.id).joined(separator: ", "))"))
    }
    return .absent(
      PurchaseReason(
        code: .orderNotInList,
        text: "the order was confirmed, but the account's order list, readable for "
          + "\((now - readableSince) / 1000) s, does not have it: it was not placed; try again, or "
          + "refund", owner: .platform))
  }

  static func lookUpPause(tries: Int, _ settleTime: Int64) -> Int64 {
    min(PlacingRules.pause(tries: tries, retryAfterSeconds: nil), max(1000, settleTime / 2))
  }
}
