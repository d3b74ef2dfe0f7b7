/// Which URLs may be called.
enum OutsideURL {
  /// Hosts that plain http may reach: what is sent there does not leave the machine.
  private static let loopback: Set<Substring> = ["127.0.0.1", "localhost", "[::1]"]

  /// https to any host, http to loopback. A URL that carries a user name is never right: it makes
  /// another host look like one of ours.
  static func isAllowed(_ url: String) -> Bool {
    let origin = origin(url)
    guard !origin.contains("@") else { return false }
    if origin.hasPrefix("https://") { return origin.utf8.count > 8 }
    guard origin.hasPrefix("http://") else { return false }
    var host = origin.dropFirst(7)
    if let colon = host.lastIndex(of: ":"), host[colon...].dropFirst().allSatisfy(\.isNumber) {
      host = host[..<colon]
    }
    return loopback.contains(host)
  }

  /// Scheme, host and port, such as `https://api-m.paypal.com`.
  static func origin(_ url: String) -> Substring {
    var slashes = 0
    for index in url.utf8.indices {
      switch url.utf8[index] {
      case UInt8(ascii: "/"):
        slashes += 1
        if slashes == 3 { return url[..<index] }
      case UInt8(ascii: "?"), UInt8(ascii: "#"): return url[..<index]
      default: break
      }
    }
    return url[...]
  }
}
