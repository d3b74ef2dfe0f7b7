import Foundation

/// Finds the route of a request.
struct RouteTable: Sendable {
  enum Finding {
    case route(Route, parameters: [String: String])
    /// There is something, but not for this verb.
    case otherVerb(allowed: [String])
    case nothing
  }

  private let routes: [(route: Route, parts: [Substring])]

  /// Routes whose paths have no parameter go first: they are meant where both would do.
  init(_ routes: [Route]) {
    self.routes = routes.map { ($0, $0.path.split(separator: "/")) }
      .sorted { $0.route.parameters.count < $1.route.parameters.count }
  }

  func find(_ verb: String, _ path: String) -> Finding {
    let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    guard path.hasPrefix("/") else { return .nothing }
    var allowed: [String] = []
    for (route, expected) in routes {
      guard let parameters = Self.match(parts, expected) else { continue }
      if route.verb.rawValue == verb { return .route(route, parameters: parameters) }
      allowed += route.verb == .get ? ["GET", "HEAD"] : [route.verb.rawValue]
    }
    return allowed.isEmpty ? .nothing : .otherVerb(allowed: allowed.sorted())
  }

  private static func match(_ parts: [Substring], _ expected: [Substring]) -> [String: String]? {
    guard parts.count == expected.count else { return nil }
    var parameters: [String: String] = [:]
    for (part, due) in zip(parts, expected) {
      if due.hasPrefix("{") {
        guard let value = part.removingPercentEncoding, !value.isEmpty, !value.utf8.contains(0)
        else { return nil }
        parameters[String(due.dropFirst().dropLast())] = value
      } else if part != due {
        return nil
      }
    }
    return parameters
  }
}
