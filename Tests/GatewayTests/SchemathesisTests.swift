import Foundation
import Runtime
import Support
import Testing

@testable import Gateway

/// The interface's description held against the gateway, by requests that schemathesis makes up.
@Suite(.serialized) struct SchemathesisTests {
  /// Live updates do not end, and the pages of a consent need its browser.
  private static let left = ["watchOrders", "completeAuthorization"]

  @Test func `whatever is asked, the answer is one that the description names`() async throws {
    try await GatewayUnderTest.with(hearsProviders: true) { gateway in
      let shop = try await Shop(in: gateway.cluster)
      try await shop.sell("o-1")
      try await shop.finished("o-1")
      let token = try await GatewayUnderTest.token(.admin(1))
      let arguments =
        [
          "200", "\(Program.packageRoot)/.build/python/bin/st", "run",
          "\(Program.packageRoot)/Services/client/gateway/openapi.json", "--url", gateway.url,
          "--header", "Authorization: Bearer \(token)", "--seed", "42",
          "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--workers", "1",
          "--request-timeout", "10", "--no-shrink", "--suppress-health-check", "all", "--warnings",
          "off", "--checks",
          "not_a_server_error,status_code_conformance,content_type_conformance,"
            + "response_headers_conformance,response_schema_conformance,unsupported_method,"
            + "allow_header_conformance,ignored_auth",
        ] + Self.left.flatMap { ["--exclude-operation-id", $0] }
      let (status, text) = try Program.output(
        of: "/usr/bin/timeout", arguments,
        ["PATH": "/usr/bin:/bin", "HOME": gateway.cluster.directory, "NO_COLOR": "1"])
      #expect(status == 0, "\(text.prefix(6000))")
      #expect(gateway.program.log.contains(#""level":"error""#) == false, "\(gateway.program.log)")
    }
  }
}
