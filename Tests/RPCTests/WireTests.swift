import Testing

@testable import RPC

/// What a server of ours says, to the header. The rules are those of gRPC's compression.md and
/// PROTOCOL-HTTP2.md.
@Suite(.timeLimit(.minutes(1)))
struct WireTests {
  @Test(
    arguments: [
      (nil, 0, StatusCode.ok), (nil, 1, .internalError),
      ("identity", 0, .ok), ("identity", 1, .internalError),
      ("gzip", 0, .ok), ("gzip", 1, .unimplemented),
    ] as [(String?, UInt8, StatusCode)])
  func `a compressed request is refused, and the caller told what is taken`(
    _ encoding: String?, _ flag: UInt8, _ code: StatusCode
  ) async throws {
    try await Served.with(["Echo": echo]) { served in
      let headers = encoding.map { [HeaderField(name: "grpc-encoding", value: $0)] } ?? []
      let call = try RawCall(
        served.path, method: "Echo", headers: headers, body: [flag, 0, 0, 0, 1, 7])
      #expect(call.headers["grpc-status"] == "\(code.rawValue)")
      let accepted = call.headers["grpc-accept-encoding"]
      #expect(accepted == (code == .unimplemented ? "identity" : nil))
    }
  }

  @Test func `a stream whose request never ends is over with its answer`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let call = try RawCall(
        served.path, method: "Echo", headers: [], body: [0, 0xFF, 0xFF, 0xFF, 0xFF],
        isEnded: false)
      #expect(call.headers["grpc-status"] == "\(StatusCode.resourceExhausted.rawValue)")
      #expect(call.code == HTTP2Code.noError)
    }
  }
}
