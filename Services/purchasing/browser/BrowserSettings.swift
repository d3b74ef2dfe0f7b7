import Contract
import Foundation
import Outside
import Runtime

/// How browsers are had, and the platform's accounts at the shop.
struct BrowserSettings: Sendable {
  /// The platform's own account in one environment.
  struct Account: Sendable {
    /// Base of the shop's pages, without a slash at the end.
    let shopURL: String
    let email: String
    let password: Secret
  }

  /// Where browsers come from.
  enum Source: Sendable {
    /// Programs of this machine.
    case local(driver: String, browser: String)
    /// A Selenium Grid, or another WebDriver server.
    case remote(String)
  }

  let source: Source
  /// Most browsers at once.
  let browsersMax: Int
  let profile: ShopProfile
  /// How long an order must be missing from a readable list to count as never placed.
  let settleTime: Duration
  /// How long an account is left alone that asked for a captcha or a code, or refused the login.
  let accountPause: Duration
  /// Most screenshots that are kept, and for how long.
  let screenshotsMax: Int
  let screenshotDaysMax: Int
  var sandbox: Account?
  var production: Account?

  /// Nil where no account is configured and allowed.
  subscript(_ environment: Contract.Environment) -> Account? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }
}

extension Settings {
  /// Declares everything about the browser path.
  mutating func browser() -> BrowserSettings {
    let remote = webDriverURL()
    let driver = text(
      "DROPWIRE_CHROMEDRIVER", default: "/usr/bin/chromedriver",
      help: "The program that drives the browser (Debian: chromium-driver).")
    let browser = text(
      "DROPWIRE_CHROMIUM", default: "/usr/bin/chromium", help: "The browser (Debian: chromium).")
    let browsers = int(
      "DROPWIRE_BROWSERS", default: 2, in: 1...64,
      help: "Browsers at once; an account has one at a time.")
    let settle = int(
      "DROPWIRE_BROWSER_SETTLE_SECONDS", default: 120, in: 1...86_400,
      help:
        "How long an order whose confirmation was lost must be missing from the account's readable "
        + "order list until it counts as not placed.")
    let pause = int(
      "DROPWIRE_SHOP_PAUSE_SECONDS", default: 900, in: 1...86_400,
      help:
        "How long the shop's account is left alone after it asked for a captcha or a code, or "
        + "refused the login; after \(ShopAccountRules.failuresMax) times in a row it waits for a "
        + "person.")
    let screenshots = int(
      "DROPWIRE_SCREENSHOTS", default: 2000, in: 0...1_000_000,
      help: "Screenshots that are kept in the state directory.")
    let days = int(
      "DROPWIRE_SCREENSHOT_DAYS", default: 30, in: 1...3650,
      help: "Days for which screenshots are kept; those of unknown purchases stay.")
    return BrowserSettings(
      source: remote.map { .remote($0) } ?? .local(driver: driver, browser: browser),
      browsersMax: browsers, profile: shopProfile(), settleTime: .seconds(settle),
      accountPause: .seconds(pause), screenshotsMax: screenshots, screenshotDaysMax: days,
      sandbox: shopAccount("SANDBOX", isAllowedByDefault: true),
      production: shopAccount("PRODUCTION", isAllowedByDefault: false))
  }

  private mutating func webDriverURL() -> String? {
    let name = "DROPWIRE_WEBDRIVER_URL"
    return secureURL(
      name,
      help:
        "A Selenium Grid to take browsers from, in place of the programs of this machine; https, "
        + "or http to loopback only.")
  }

  private mutating func shopProfile() -> ShopProfile {
    let name = "DROPWIRE_BROWSER_PROFILE"
    let path = optionalText(
      name,
      help:
        "A file with the selectors of the shop's pages, in place of the built-in ones, which "
        + "purchasing --shop-profile prints.")
    guard let path else { return .builtIn }
    do {
      return try ShopProfile(file: path)
    } catch {
      reject("\(name): \(error)")
      return .builtIn
    }
  }

  private mutating func shopAccount(_ environment: String, isAllowedByDefault: Bool)
    -> BrowserSettings.Account?
  {
    let prefix = "DROPWIRE_\(environment)"
    let url = shopURL("\(prefix)_SHOP_URL")
    let email = optionalText(
      "\(prefix)_SHOP_EMAIL", help: "The name of the platform's own account at the shop.")
    let password = secret("\(prefix)_SHOP_PASSWORD", help: "Its password.")
    let isAllowed = flag(
      "\(prefix)_BROWSER", default: isAllowedByDefault,
      help:
        "Whether the browser may buy with that account what the API cannot: house orders, and "
        + "those of resellers whose API access is closed. The platform pays for these.")
    guard let url else { return nil }
    guard let email, let password else {
      reject(
        "\(prefix)_SHOP_URL is set; \(prefix)_SHOP_EMAIL and \(prefix)_SHOP_PASSWORD must be set "
          + "too")
      return nil
    }
    return isAllowed ? .init(shopURL: url, email: email, password: password) : nil
  }
}
