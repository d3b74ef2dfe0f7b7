import HTTPTypes

/// Where a request comes from when proxies of ours stand before the gateway.
///
/// Each proxy adds the address that it was called from to the end of `X-Forwarded-For`. What stands
/// before the entry of our first proxy, the client may have made up.
enum ForwardedAddress {
  /// Of an IPv6 address with a zone.
  private static let bytesMax = 64

  /// - Parameters:
  ///   - peer: who called the gateway.
  ///   - proxies: how many of ours there are; with none the header means nothing.
  static func client(_ headers: HTTPFields, peer: String, proxies: Int) -> String {
    guard proxies > 0, let header = headers[.forwardedFor] else { return peer }
    let entries = header.split(separator: ",", omittingEmptySubsequences: false)
    guard entries.count >= proxies else { return peer }
    let entry = entries[entries.count - proxies].filter { $0 != " " }
    let isAddress =
      (1...bytesMax).contains(entry.utf8.count)
      && entry.allSatisfy { $0.isHexDigit || ".:[]%".contains($0) }
    return isAddress ? String(entry) : peer
  }
}

extension HTTPField.Name {
  fileprivate static let forwardedFor = named("X-Forwarded-For")
}
