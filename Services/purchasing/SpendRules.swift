import Contract
import Money
import Runtime

/// How much may be bought in a day, by whom, and whether for real. Pure.
///
/// For going live carefully: nothing is limited unless it is set.
enum SpendRules {
  /// The limits of one environment. A day is a day of UTC.
  struct Limits: Hashable, Sendable {
    /// Nil for no limit.
    struct Bound: Hashable, Sendable {
      var orders: Int?
      var spend: Amount?

      var isSet: Bool { orders != nil || spend != nil }
    }

    /// Of each reseller.
    var reseller = Bound()
    /// Of all together, house orders as well.
    var platform = Bound()
    /// Who may buy; nil for everybody.
    var allowed: Set<Int64>?
    /// Everything is checked, and nothing is sent.
    var isDryRun = false
  }

  /// What is reserved or spent already today, without the purchase in question.
  struct Usage: Hashable, Sendable {
    var orders: Int
    var minorUnits: Int64
  }

  static let millisecondsOfDay: Int64 = 86_400_000

  /// The number of a day since 1970.
  static func day(of time: Int64) -> Int64 { time / millisecondsOfDay }

  /// Whether somebody may buy at all.
  static func requireAllowed(_ userID: Int64, _ limits: Limits) throws(PurchaseReason) {
    guard let allowed = limits.allowed, !allowed.contains(userID) else { return }
    throw PurchaseReason(
      code: .resellerNotAllowed,
      text: userID == 0
        ? "house orders are not on the list of those that are bought yet; add 0 to it, or refund"
        : "reseller \(userID) is not on the list of those who buy yet; add him to it, or refund",
      owner: .platform)
  }

  /// Whether a purchase is only rehearsed.
  static func requireReal(_ quote: PurchaseRules.Quote, _ limits: Limits) throws(PurchaseReason) {
    guard limits.isDryRun else { return }
    throw PurchaseReason(
      code: .dryRun,
      text: "dry run: it passed every check and would have cost \(quote.landed) (items "
        + "\(quote.items), shipping \(quote.shipping), tax \(quote.tax)); nothing was sent",
      owner: .platform)
  }

  /// Whether one more purchase fits.
  static func require(
    _ amount: Amount, within bound: Limits.Bound, after usage: Usage, of whom: String
  ) throws(PurchaseReason) {
    if let orders = bound.orders, usage.orders >= orders {
      throw reached(
        .dailyOrdersReached, "\(whom) has \(usage.orders) orders today, the limit is \(orders)")
    }
    guard let spend = bound.spend else { return }
    let spent = Amount(minorUnits: usage.minorUnits, currency: spend.currency)
    let isAbove: Bool
    do throws(MoneyError) {
      isAbove = try spend.isLess(than: spent.adding(amount))
    } catch {
      throw reached(.dailySpendReached, "\(amount) cannot be compared with the limit of \(spend)")
    }
    if isAbove {
      throw reached(
        .dailySpendReached,
        "\(whom) has spent \(spent) today, \(amount) more would pass the limit of \(spend)")
    }
  }

  private static func reached(_ code: PurchaseReason.Code, _ text: String) -> PurchaseReason {
    PurchaseReason(
      code: code, text: "\(text); try again after midnight UTC, raise the limit, or refund",
      owner: .platform)
  }
}

/// The limits per environment.
struct SpendLimits: Sendable {
  var sandbox = SpendRules.Limits()
  var production = SpendRules.Limits()

  subscript(_ environment: Contract.Environment) -> SpendRules.Limits {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: SpendRules.Limits(allowed: [])
    }
  }
}

extension Settings {
  /// Declares how much may be bought in a day, by whom, and whether for real.
  mutating func spendLimits() -> SpendLimits {
    SpendLimits(sandbox: limits("SANDBOX"), production: limits("PRODUCTION"))
  }

  private mutating func limits(_ environment: String) -> SpendRules.Limits {
    let prefix = "DROPWIRE_\(environment)"
    return SpendRules.Limits(
      reseller: bound("\(prefix)_RESELLER", "each reseller"),
      platform: bound("\(prefix)_PLATFORM", "all together"),
      allowed: allowed("\(prefix)_ALLOWED_RESELLERS"),
      isDryRun: flag(
        "\(prefix)_DRY_RUN", default: false,
        help: "Whether purchases are only checked, and end refused as DRY_RUN; nothing is sent."))
  }

  private mutating func bound(_ prefix: String, _ whom: String) -> SpendRules.Limits.Bound {
    let orders = int(
      "\(prefix)_ORDERS_PER_DAY", default: 0, in: 0...10_000_000,
      help: "Purchases of \(whom) in a day of UTC; 0 for no limit.")
    let name = "\(prefix)_SPEND_PER_DAY"
    let text = optionalText(
      name, help: "What \(whom) may cost in a day of UTC, in USD, such as 500.00.")
    var spend: Amount?
    if let text {
      spend = try? Amount(decimal: text, currency: PurchaseRules.payCurrency)
      if spend?.isPositive != true {
        reject("\(name) is \"\(text)\"; it must be an amount in USD such as 500.00")
      }
    }
    return SpendRules.Limits.Bound(orders: orders == 0 ? nil : orders, spend: spend)
  }

  private mutating func allowed(_ name: String) -> Set<Int64>? {
    let text = optionalText(
      name, help: "Ids of the resellers that may buy, separated by commas; 0 for house orders.")
    guard let text else { return nil }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Int64($0.trimmingPrefix(while: \.isWhitespace))
    }
    let ids = parts.compactMap(\.self).filter { $0 >= 0 }
    if ids.count != parts.count {
      reject("\(name) is \"\(text)\"; it must be numbers separated by commas, such as 42,43")
    }
    return Set(ids)
  }
}
