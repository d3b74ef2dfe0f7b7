import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import Outside
import RPC
import Runtime

/// Everything that the gateway does, each in one place; the interface's description and the tests
/// are made from it.
public enum Routes {
  public static let all: [Route] =
    paying + orders + listings + sales + money + payouts + credentials + connecting + itself

  /// The gateway about itself.
  private static let itself = [
    Route(
      .get, "/api/openapi.json", "getInterface", "This description.", audience: .everyone,
      answer: .document
    ) { _ in .json(OpenAPI.document.serialized) },
    Route(
      .get, "/api/health", "getHealth", "Whether the services behind it serve.",
      audience: .everyone, answer: .document
    ) { call in
      var options = call.options
      options.timeout = .seconds(2)
      var findings: [String: JSON] = [:]
      for (name, channel) in call.services.channels {
        let status = try? await channel.checkHealth(options: options)
        findings[name] = status == .serving ? "SERVING" : "NOT_SERVING"
      }
      let isWell = findings.values.allSatisfy { $0 == "SERVING" }
      var response = Response.json(JSON.object(findings).serialized)
      if !isWell { response.status = .serviceUnavailable }
      return response
    },
    Route(
      .get, "/metrics", "getMetrics",
      "What the gateway has counted, in Prometheus' text format. For administrators.",
      answer: .text
    ) { call in
      try call.person?.requirePlatform("see the gateway's figures")
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: .init(byteBuffer: ByteBuffer(string: call.door.figures.prometheus)))
    },
  ]
}
