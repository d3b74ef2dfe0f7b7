import Foundation
import Logging
import NIOCore
import RPC
import Synchronization
import Testing

/// A folder with a short path (socket paths are limited), removed in the end.
struct ScratchFolder {
  let path: String

  init() throws {
    path = "/tmp/dw-rpc-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  static func with<Value>(_ body: (ScratchFolder) async throws -> Value) async throws -> Value {
    let folder = try ScratchFolder()
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    return try await body(folder)
  }

  var socketPath: String { "\(path)/s" }
}

/// A server at a socket, and a client of it.
struct Served {
  static let quiet = Logger(label: "rpc-tests") { _ in SwiftLogNoOpLogHandler() }

  /// For whatever a test leaves behind.
  let folder: String
  let path: String
  let server: RPCServer
  let client: RPCClient

  /// Runs a body with a server and a client, and drains the server after it.
  static func with(
    _ methods: [String: MethodImplementation], configuration: RPCServer.Configuration = .init(),
    logger: Logger = quiet, _ body: (Served) async throws -> Void
  ) async throws {
    try await ScratchFolder.with { folder in
      let server = try await RPCServer.start(
        socketPath: folder.socketPath, services: [testService(methods)],
        configuration: configuration, logger: logger)
      let client = RPCClient(socketPath: folder.socketPath, logger: quiet)
      let served = Served(
        folder: folder.path, path: folder.socketPath, server: server, client: client)
      do {
        try await body(served)
      } catch {
        await served.end()
        throw error
      }
      await served.end()
    }
  }

  private func end() async {
    await client.close()
    await server.drain(within: .seconds(2))
  }
}

/// The two ways to call, for tests that hold on both.
enum Transport: CaseIterable {
  case inProcess, socket

  func with(
    _ methods: [String: MethodImplementation], logger: Logger = Served.quiet,
    _ body: (any RPCChannel) async throws -> Void
  ) async throws {
    switch self {
    case .inProcess:
      try await body(InProcessChannel(services: [testService(methods)], logger: logger))
    case .socket: try await Served.with(methods, logger: logger) { try await body($0.client) }
    }
  }
}

let testServiceName = "test.v1.Test"

func testService(_ methods: [String: MethodImplementation]) -> RPCService {
  RPCService(name: testServiceName, methods: methods)
}

let echo = MethodImplementation.unary { request, _ in request }

extension RPCChannel {
  func call(
    _ method: String, _ request: ByteBuffer = ByteBuffer(), isIdempotent: Bool = false,
    options: CallOptions = CallOptions(timeout: .seconds(50))
  ) async throws -> ByteBuffer {
    try await unary(
      service: testServiceName, method: method, request: request, isIdempotent: isIdempotent,
      options: options)
  }

  func text(_ method: String, _ request: String = "") async throws -> String {
    String(buffer: try await call(method, ByteBuffer(string: request)))
  }

  func stream(
    _ method: String, _ request: String = "",
    options: CallOptions = CallOptions(timeout: .seconds(50))
  ) -> AsyncThrowingStream<ByteBuffer, any Error> {
    serverStreaming(
      service: testServiceName, method: method, request: ByteBuffer(string: request),
      options: options)
  }
}

/// The error that a body throws, which is always an `RPCError`.
func failure<Value>(
  _ body: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async -> RPCError? {
  do {
    _ = try await body()
    Issue.record("expected an error", sourceLocation: sourceLocation)
  } catch let error as RPCError {
    return error
  } catch {
    Issue.record("unexpected \(error)", sourceLocation: sourceLocation)
  }
  return nil
}
