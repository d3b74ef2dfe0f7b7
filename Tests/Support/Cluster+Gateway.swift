import Foundation

extension Cluster {
  /// What the gateway's tokens are signed with.
  public static let gatewaySecret = "0123456789abcdef0123456789abcdef"

  /// Starts a gateway before the services, with no limit on requests that a test could reach. Whoever
  /// starts it ends it.
  ///
  /// - Parameters:
  ///   - port: 0 for any that is free.
  ///   - user: whose process it is; nil for the tests' own.
  /// - Returns: the program, and where it serves.
  public func startGateway(
    port: Int = 0, as user: OtherUser? = nil, environment more: [String: String] = [:]
  ) async throws -> (program: Program, url: String) {
    let secretPath = "\(directory)/jwt.secret"
    try Data(Self.gatewaySecret.utf8).write(to: URL(fileURLWithPath: secretPath))
    let settings = [
      "DROPWIRE_GATEWAY_JWT_SECRET_FILE": secretPath,
      "DROPWIRE_GATEWAY_REQUESTS_PER_SECOND": "100000",
      "DROPWIRE_GATEWAY_REQUEST_BURST": "100000",
    ]
    let program = try Program(
      "dropwire", as: user, arguments: ["gateway", "--listen", "127.0.0.1:\(port)"],
      environment: environment.merging(settings) { _, new in new }
        .merging(more) { _, new in new },
      logPath: "\(directory)/log/gateway.log")
    do {
      return (program, try await program.ready())
    } catch {
      await program.killNow()
      throw error
    }
  }
}
