import Logging
import NIOCore
import NIOPosix
import Outside
import Synchronization

/// A request as the server heard it.
struct HeardRequest: Sendable {
  /// Such as `POST /v1/x HTTP/1.1`.
  let line: String
  /// By names in lower case.
  let headers: [String: String]
  let body: String

  var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
  var verb: String { line.split(separator: " ").first.map(String.init) ?? "" }

  /// Takes a whole request off the buffer; nil while it is not all there.
  init?(reading buffer: inout ByteBuffer) {
    let text = String(buffer: buffer)
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    var lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
    line = lines.removeFirst()
    headers = Dictionary(
      lines.map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (parts[0].lowercased(), parts[1].drop { $0 == " " }.description)
      }, uniquingKeysWith: { first, _ in first })
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    let rest = text[end.upperBound...]
    guard rest.utf8.count >= length else { return nil }
    body = String(decoding: rest.utf8.prefix(length), as: UTF8.self)
    buffer.moveReaderIndex(forwardBy: text.utf8.count - rest.utf8.count + length)
  }
}

/// What the server does about a request.
enum Reply: Sendable {
  case http(Int, [String: String] = [:], String = "")
  /// Bytes as they are, then silence.
  case raw(String)
  /// Bytes as they are, then the end of the connection.
  case rawThenClose(String)
  case close
  case silence
}

/// A TCP server that does what a test tells it.
final class ScriptedServer: Sendable {
  typealias Script = @Sendable (HeardRequest) async -> Reply

  private struct Log {
    var heard: [HeardRequest] = []
    /// All that came, also of requests that never were whole.
    var bytes = ""
  }

  let script: Script
  /// A connection ends, unanswered, when so many bytes have come; nil for a polite server.
  let closesAfterBytes: Int?
  private let log = Mutex(Log())
  private let listener = Mutex<(any Channel)?>(nil)

  init(closesAfterBytes: Int? = nil, script: @escaping Script) {
    self.closesAfterBytes = closesAfterBytes
    self.script = script
  }

  /// Serves while the body runs, with a client of its own.
  static func running(
    closesAfterBytes: Int? = nil, configuration: OutsideHTTP.Configuration = .init(),
    _ script: @escaping Script,
    _ body: (ScriptedServer, OutsideHTTP) async throws -> Void
  ) async throws {
    let server = ScriptedServer(closesAfterBytes: closesAfterBytes, script: script)
    try await server.start()
    let http = OutsideHTTP(configuration: configuration, logger: Logger(label: "test"))
    do {
      try await body(server, http)
    } catch {
      try await http.shutdown()
      try await server.stop()
      throw error
    }
    try await http.shutdown()
    try await server.stop()
  }

  func start() async throws {
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Conversation(server: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    listener.withLock { $0 = channel }
  }

  /// Listens no more; may be called twice.
  func stop() async throws {
    guard let channel = listener.withLock({ $0 }), channel.isActive else { return }
    try await channel.close()
  }

  var url: String {
    "http://127.0.0.1:\(listener.withLock { $0?.localAddress?.port } ?? 0)"
  }

  var heard: [HeardRequest] { log.withLock { $0.heard } }
  var bytes: String { log.withLock { $0.bytes } }

  fileprivate func note(_ part: ByteBuffer) { log.withLock { $0.bytes += String(buffer: part) } }

  fileprivate func answer(_ request: HeardRequest, on channel: any Channel) {
    log.withLock { $0.heard.append(request) }
    Task { await self.perform(await self.script(request), on: channel) }
  }

  private func perform(_ reply: Reply, on channel: any Channel) async {
    switch reply {
    case .http(let status, let headers, let body):
      var text = "HTTP/1.1 \(status) Whatever\r\ncontent-length: \(body.utf8.count)\r\n"
      for (name, value) in headers { text += "\(name): \(value)\r\n" }
      try? await channel.writeAndFlush(ByteBuffer(string: text + "\r\n" + body))
    case .raw(let text): try? await channel.writeAndFlush(ByteBuffer(string: text))
    case .rawThenClose(let text):
      try? await channel.writeAndFlush(ByteBuffer(string: text))
      try? await channel.close()
    case .close: try? await channel.close()
    case .silence: break
    }
  }
}

/// One connection to the scripted server.
private final class Conversation: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let server: ScriptedServer
  private var buffer = ByteBuffer()

  init(server: ScriptedServer) { self.server = server }

  func channelActive(context: ChannelHandlerContext) {
    if server.closesAfterBytes == 0 { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    server.note(part)
    buffer.writeBuffer(&part)
    if let limit = server.closesAfterBytes {
      if buffer.readableBytes >= limit { context.close(promise: nil) }
      return
    }
    while let request = HeardRequest(reading: &buffer) {
      server.answer(request, on: context.channel)
    }
  }
}
