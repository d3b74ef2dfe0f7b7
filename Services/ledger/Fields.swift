import Contract
import RPC
import Runtime

/// What only the ledger's requests have.
extension Fields {
  mutating func payee(_ text: String) -> Payee? {
    if let payee = Payee(text) { return payee }
    reject("payee", "is \"\(Self.shown(text))\"; it must be admin or reseller:ID")
    return nil
  }

  /// An address that can be one: one '@' between two parts, no blanks, at most 127 bytes (PayPal's
  /// limit for a receiver).
  mutating func email(_ text: String) -> String? {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isValid =
      parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 127
      && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    if isValid { return text }
    reject("email", "is \"\(Self.shown(text))\"; it must be an e-mail address of 127 bytes at most")
    return nil
  }
}
