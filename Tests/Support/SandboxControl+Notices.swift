import Foundation

/// What providers tell by themselves.
extension SandboxControl {
  /// An event or a message, sent until it is taken.
  public struct Notice: Decodable, Sendable {
    public let id: String
    /// `paypal` or `aliexpress`.
    public let sender: String
    public let type: String
    /// Our id of what it is about.
    public let subject: String
    public let tries: Int
    /// The latest answer's HTTP status; 0 without one.
    public let status: Int
    public let over: Bool
  }

  /// A notice as it went over the wire.
  public struct Transmission: Decodable, Sendable {
    public let url: String
    public let headers: [String: String]
    public let body: String
  }

  /// Those about ids that start with a prefix, oldest first.
  public func notices(about prefix: String = "") async throws -> [Notice] {
    let query = prefix.isEmpty ? "" : "?order=\(prefix)"
    return try JSONDecoder().decode(
      [Notice].self, from: try await send("GET", "/control/notices" + query))
  }

  /// A notice as it was sent last.
  public func sent(notice id: String) async throws -> Transmission {
    try JSONDecoder().decode(
      Transmission.self, from: try await send("GET", "/control/notices/sent?id=\(id)"))
  }

  /// The certificate that PayPal's signatures lead to, in PEM.
  public func signingRoot() async throws -> String {
    String(decoding: try await send("GET", "/control/notices/root"), as: UTF8.self)
  }

  /// Ends a capture that PayPal holds: COMPLETED or DECLINED.
  public func endCapture(_ id: String, as status: String) async throws {
    _ = try await send("POST", "/control/paypal/capture", ["capture_id": id, "status": status])
  }
}
