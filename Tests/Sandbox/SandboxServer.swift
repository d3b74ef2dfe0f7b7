import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The world over HTTP/1.1 on the loopback address.
struct SandboxServer: HTTPResponder {
  /// Gives access to the connection, so that an answer can be lost on it.
  struct Context: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) { channel = source.channel }
  }

  /// The largest batch of payouts has 15,000 items of some 300 bytes.
  static let bodyMax = 8 << 20

  let world: World

  /// Serves until the process ends.
  ///
  /// - Parameter onReady: Is given the port.
  func run(port: Int, onReady: @escaping @Sendable (Int) -> Void) async throws {
    var logger = Logger(label: "sandbox")
    logger.logLevel = .critical
    let application = Application(
      responder: self,
      configuration: .init(
        address: .hostname("127.0.0.1", port: port), serverName: "sandbox", backlog: 1024),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? 0
        world.change { state, _ in state.address = "http://127.0.0.1:\(port)" }
        onReady(port)
      }, logger: logger)
    let courier = Task { await Courier(world: world).run() }
    defer { courier.cancel() }
    try await application.run()
  }

  func respond(to request: Request, context: Context) async throws -> Response {
    let body = try await request.body.collect(upTo: Self.bodyMax)
    let answer = world.answer(Call(request, body: Array(body.readableBytesView)))
    if answer.delayMilliseconds > 0 {
      try await Task.sleep(for: .milliseconds(answer.delayMilliseconds))
    }
    if answer.delivery == .lost {
      // Writing the response then fails, so that no byte of it is sent.
      try? await context.channel.close()
    }
    return Response(answer)
  }
}

extension Call {
  fileprivate init(_ request: Request, body: [UInt8]) {
    let path = request.uri.path
    self.init(
      verb: Verb(rawValue: request.method.rawValue) ?? .other,
      path: path.hasSuffix("/") ? String(path.dropLast()) : path,
      query: request.uri.query ?? "", body: body)
    let headers = request.headers
    authorization = headers[.authorization] ?? ""
    cookie = headers[.cookie] ?? ""
    contentType = headers[.contentType] ?? ""
    host = request.head.authority ?? "127.0.0.1"
    requestID = Self.requestIDName.flatMap { headers[$0] } ?? ""
    prefer = Self.preferName.flatMap { headers[$0] } ?? ""
  }

  private static let requestIDName = HTTPField.Name("PayPal-Request-Id")
  private static let preferName = HTTPField.Name("Prefer")
}

extension Response {
  fileprivate init(_ answer: Answer) {
    var headers = HTTPFields()
    var bytes: [UInt8] = []
    switch answer.body {
    case .json(let value):
      headers[.contentType] = "application/json"
      bytes = value.bytes
    case .html(let text):
      headers[.contentType] = "text/html; charset=utf-8"
      bytes = Array(text.utf8)
    case .text(let text):
      headers[.contentType] = "text/plain; charset=utf-8"
      bytes = Array(text.utf8)
    case .none: break
    }
    if answer.delivery == .cut { bytes.removeLast(bytes.count / 2) }
    for header in answer.headers {
      if let name = HTTPField.Name(header.name) { headers[name] = header.value }
    }
    self.init(
      status: .init(code: answer.status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
