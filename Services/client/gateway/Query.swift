import Contract
import Foundation
import RPC

/// The parameters of a request's query, checked against those that its route has.
struct Query: Sendable {
  private var values: [String: String] = [:]

  /// - Throws: INVALID_ARGUMENT, naming the parameter: one that the route does not have, one that
  ///   comes twice, a value of another kind.
  init(_ text: String, _ fields: [QueryField]) throws(RPCError) {
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(halves[0]),
        let value = halves.count == 2 ? Self.decoded(halves[1]) : ""
      else { throw Self.refusal("query", "is not percent-encoded UTF-8") }
      guard let field = fields.first(where: { $0.name == name }) else {
        let known = fields.map(\.name).joined(separator: ", ")
        throw Self.refusal(
          name, known.isEmpty ? "is not known here" : "is not known; there are \(known)")
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw Self.refusal(name, "comes twice")
      }
      try Self.check(value, field)
    }
  }

  private static func check(_ value: String, _ field: QueryField) throws(RPCError) {
    switch field.kind {
    case .text: return
    case .number(let max):
      guard let number = Int64(value), (0...max).contains(number), value == "\(number)" else {
        throw refusal(field.name, "is no whole number from 0 to \(max)")
      }
    case .choice(let words):
      guard words.contains(value) else {
        throw refusal(field.name, "must be one of \(words.joined(separator: ", "))")
      }
    }
  }

  static func refusal(_ field: String, _ problem: String) -> RPCError {
    RPCError(
      .invalidArgument, "\(field) \(problem)",
      violations: [FieldViolation(field: field, description: problem)])
  }

  /// Percent-encoding and the plus of forms undone; nil when that gives no UTF-8, or a NUL.
  static func decoded(_ text: Substring) -> String? {
    let decoded = text.replacing("+", with: " ").removingPercentEncoding
    return decoded.flatMap { $0.utf8.contains(0) ? nil : $0 }
  }

  /// Empty when absent.
  func text(_ name: String) -> String { values[name] ?? "" }

  /// 0 when absent.
  func number(_ name: String) -> Int64 { values[name].flatMap { Int64($0) } ?? 0 }

  var pageSize: Int32 { Int32(clamping: number("pageSize")) }
  var pageToken: String { text("pageToken") }

  /// UNSPECIFIED when absent.
  func state<State: ContractEnum>(_ type: State.Type = State.self) -> State {
    let name = text("state")
    return State.allKnown.first { $0.shortName == name } ?? .unset
  }
}
