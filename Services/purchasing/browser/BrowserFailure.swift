/// Why a browser did not get as far as it should have. Says nothing about money: whoever knows
/// whether the order was confirmed says what it means.
enum BrowserFailure: Error, Hashable, CustomStringConvertible {
  /// A program that is needed cannot be started.
  case notInstalled(String)
  /// The browser, its driver or the grid died, hangs, or cannot be reached.
  case broken(String)
  /// The shop failed, or cannot be reached.
  case shopDown(String)
  /// The page is none of those that the selector profile describes.
  case unexpectedPage(String)
  /// The shop asks for a code or a captcha.
  case challenge(String)
  /// The shop does not take the account's name and password.
  case loginRefused(String)

  var description: String {
    switch self {
    case .notInstalled(let text), .broken(let text), .shopDown(let text),
      .unexpectedPage(let text), .challenge(let text), .loginRefused(let text):
      text
    }
  }
}
