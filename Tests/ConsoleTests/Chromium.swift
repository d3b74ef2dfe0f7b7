import Foundation

/// The browser that the tests look through, and what drives it.
enum Chromium {
  static let driver = "/usr/bin/chromedriver"
  static let browser = "/usr/bin/chromium"

  static let isInstalled = [driver, browser].allSatisfy {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Why tests are left out.
  static let missing = "chromium and chromium-driver are not installed; run compose/install --tests"
}
