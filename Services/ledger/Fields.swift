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

  /// PayPal's id of a dispute, part of the ids of its entries: 1 to 40 letters, digits and '-'.
  mutating func disputeID(_ text: String) -> String? {
    let isValid =
      (1...Self.idBytesMax).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-")
      }
    if isValid { return text }
    reject(
      "dispute_id",
      "is \"\(Self.shown(text))\"; it must be 1 to 40 letters, digits and '-'")
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
