import RPC

/// The fields of a page's form, `application/x-www-form-urlencoded`.
struct Form: Sendable {
  private var values: [String: String] = [:]

  init() {}

  /// - Throws: INVALID_ARGUMENT for what no browser sends.
  init(_ body: [UInt8]) throws(RPCError) {
    let text = String(decoding: body, as: UTF8.self)
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Query.decoded(halves[0]),
        let value = halves.count == 2 ? Query.decoded(halves[1]) : ""
      else { throw Query.refusal("form", "is not percent-encoded UTF-8") }
      values[name] = value
    }
  }

  /// Without space around it; empty when absent.
  func text(_ name: String) -> String {
    let value = values[name] ?? ""
    let start = value.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
