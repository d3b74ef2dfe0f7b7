import Contract
import Presentation
import RPC

/// What people write into forms, read once.
extension RouteCall {
  /// An amount, with its currency in another field; nil when there is none.
  ///
  /// - Throws: INVALID_ARGUMENT, naming the field.
  func amount(_ name: String) throws -> Contract.Money? {
    let text = form.text(name)
    if text.isEmpty { return nil }
    let currency = form.text("currency")
    do throws(Entered.Unreadable) {
      return try Entered.amount(text, currency.isEmpty ? "USD" : currency)
    } catch {
      throw Query.refusal(name, error.text)
    }
  }

  /// The world that a form is about: the one it names, else the gateway's own.
  var formEnvironment: Contract.Environment {
    switch form.text("environment") {
    case "sandbox": .sandbox
    case "production": .production
    default: door.environment
    }
  }

  /// The payee that a form or a page is about: himself for a reseller.
  func payee(_ given: String) -> String {
    if !ownPayee.isEmpty { return ownPayee }
    return given.isEmpty || given == "admin" || given.hasPrefix("reseller:")
      ? given : "reseller:\(given)"
  }
}
