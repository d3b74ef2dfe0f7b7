import Contract
import Foundation
import Runtime

/// An account of the shop that has asked for a captcha or a code, or refused to let us in: how often
/// in a row, and how long it is left alone for that.
///
/// Whoever logs in again and again while a shop is suspicious loses the account.
struct ShopAccount: Hashable, Sendable {
  /// As the contract's messages about credentials name it.
  static let api = "aliexpress-shop"

  /// Which account it is.
  struct Name: Hashable, Sendable {
    let environment: Contract.Environment
    /// As `BrowserShop.account` gives it.
    let account: String
  }

  /// In a row, without a visit that went well in between.
  let failures: Int
  /// Milliseconds since the epoch.
  let closedUntil: Int64
  let failedAt: Int64
  /// What the shop asked for or said, last.
  let reason: PurchaseReason
  /// Of the password at that time: see `BrowserShop.passwordMarks`.
  let passwordMark: String

  /// Whether somebody may go in.
  enum Door: Hashable, Sendable {
    case open
    /// By itself, at a time.
    case closed(PurchaseReason, until: Int64)
    /// Until a person reopens it.
    case needsPerson(PurchaseReason)
  }
}

/// When an account is left alone. Pure; times are milliseconds.
enum ShopAccountRules {
  /// So many challenges or refusals in a row end at a person.
  static let failuresMax = 3

  /// Whether a reason for which a visit ended says that the account itself is in trouble.
  static func isAccounts(_ reason: PurchaseReason) -> Bool {
    [.browserChallenge, .browserLoginRefused].contains(reason.code)
  }

  /// - Parameter marks: of the password that is set now, by each of the master keys.
  static func door(_ account: ShopAccount?, marks: [String], now: Int64, _ name: ShopAccount.Name)
    -> ShopAccount.Door
  {
    guard let account, marks.contains(account.passwordMark) else { return .open }
    if account.failures >= failuresMax {
      return .needsPerson(needsPerson(account, name))
    }
    return now < account.closedUntil
      ? .closed(closed(account), until: account.closedUntil) : .open
  }

  static func failed(
    _ before: ShopAccount?, _ reason: PurchaseReason, mark: String, pause: Int64, now: Int64
  ) -> ShopAccount {
    let failures = before.map { $0.passwordMark == mark ? $0.failures : 0 } ?? 0
    return ShopAccount(
      failures: failures + 1, closedUntil: now + pause, failedAt: now, reason: reason,
      passwordMark: mark)
  }

  private static func closed(_ account: ShopAccount) -> PurchaseReason {
    PurchaseReason(
      code: .browserAccountClosed,
      text: "the shop's account is left alone until \(shown(account.closedUntil)), since at "
        + "\(shown(account.failedAt)) \(what(account))", owner: .platform)
  }

  private static func needsPerson(_ account: ShopAccount, _ name: ShopAccount.Name)
    -> PurchaseReason
  {
    let set = "DROPWIRE_\(name.environment.word.uppercased())_SHOP_PASSWORD"
    return PurchaseReason(
      code: .browserAccountClosed,
      text: "the shop's account is used no more: \(account.failures) times in a row, the last at "
        + "\(shown(account.failedAt)), \(what(account)). Log in by hand and see to it, then "
        + "run dropwire credentials reopen-shop, or set a new \(set)", owner: .platform)
  }

  /// What the shop did, without the advice that follows it.
  private static func what(_ account: ShopAccount) -> String {
    String(account.reason.text.prefix { $0 != ";" })
  }

  /// A time for people, in UTC.
  private static func shown(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: TimeInterval(milliseconds / 1000)).ISO8601Format()
  }
}
