import Foundation
import Logging
import NIOCore
import NIOEmbedded

@testable import RPC

/// One end of a connection in memory, fed with whatever bytes. Everything happens on the thread of
/// the caller, so that the same bytes always do the same.
///
/// An input is one byte that says how to begin, and what the peer sends after that:
///
///     bit 0     0: the server's end, 1: the client's
///     bit 1     1: a right beginning (preface and settings) comes before the input
///     bits 2-7  how long the pieces are that the bytes come in; 0: all at once
enum FuzzedEnd {
  /// Feeds an input. What it leads to is checked by preconditions.
  static func run(_ input: some Collection<UInt8>) {
    guard let how = input.first else { return }
    let isClient = how & 1 != 0
    var bytes = how & 2 != 0 ? opening(isClient: isClient) : []
    bytes += input.dropFirst()
    let pieceBytes = how >> 2 == 0 ? max(1, bytes.count) : Int(how >> 2) * Int(how >> 2)
    let pieces = stride(from: 0, to: bytes.count, by: pieceBytes).map {
      ByteBuffer(bytes: bytes[$0..<min($0 + pieceBytes, bytes.count)])
    }
    if isClient { FuzzedClient().run(pieces) } else { FuzzedServer().run(pieces) }
  }

  private static func opening(isClient: Bool) -> [UInt8] {
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    return isClient ? settings : Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings
  }

  static let quiet = Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() }

  /// Feeds pieces to a connection until it hangs up. Returns all that it sent.
  static func feed(_ pieces: [ByteBuffer], _ channel: EmbeddedChannel) -> ByteBuffer {
    var output = ByteBuffer()
    for piece in pieces where channel.isActive {
      // An error of the channel's is an answer as good as any.
      _ = try? channel.writeInbound(piece)
      channel.embeddedEventLoop.run()
      while let part = try? channel.readOutbound(as: ByteBuffer.self) {
        output.writeImmutableBuffer(part)
      }
    }
    return output
  }

  /// An active channel with a handler.
  static func channel(_ handler: any ChannelHandler, _ eventLoop: EmbeddedEventLoop)
    -> EmbeddedChannel
  {
    let channel = EmbeddedChannel(handler: handler, loop: eventLoop)
    if let address = try? SocketAddress(unixDomainSocketPath: "/fuzz") {
      channel.connect(to: address, promise: nil)
    }
    eventLoop.run()
    return channel
  }

  /// The frames of an output, and what is over. An end that sends anything but whole frames is a bug.
  static func frames(_ output: ByteBuffer) -> [(type: UInt8, flags: UInt8, stream: UInt32)] {
    var rest = output
    var frames: [(type: UInt8, flags: UInt8, stream: UInt32)] = []
    while let length = rest.readBytes(length: 3), let type = rest.readInteger(as: UInt8.self),
      let flags = rest.readInteger(as: UInt8.self), let stream = rest.readInteger(as: UInt32.self)
    {
      let bytes = length.reduce(0) { $0 << 8 | Int($1) }
      precondition(rest.readSlice(length: bytes) != nil, "a frame was cut")
      precondition(bytes <= 16_384, "a frame is too long")
      frames.append((type, flags, stream))
    }
    precondition(rest.readableBytes == 0, "half a frame was sent")
    return frames
  }
}

/// The server's end.
private struct FuzzedServer {
  private static let services = [
    RPCService(
      name: "test.v1.Test",
      methods: [
        "Echo": .unary { request, _ in request },
        "Fill": .unary { _, _ in ByteBuffer(repeating: 7, count: 300_000) },
        "Fail": .unary { _, _ in throw RPCError(.dataLoss, "no") },
        "Wait": .unary { _, _ in
          // Until the call is cancelled, without another thread.
          let (cancelled, end) = AsyncStream<Void>.makeStream()
          await withTaskCancellationHandler {
            for await _ in cancelled {}
          } onCancel: {
            end.finish()
          }
          throw CancellationError()
        },
      ])
  ]

  func run(_ pieces: [ByteBuffer]) {
    let eventLoop = EmbeddedEventLoop()
    let own = Peer.Identity.local(PeerCredentials(uid: geteuid(), gid: getegid(), pid: getpid()))
    guard
      let core = try? ServerCore(
        services: Self.services, open: [], configuration: .init(),
        health: HealthState(services: []), logger: FuzzedEnd.quiet),
      let admission = core.roles.admit(own),
      let connection = try? ServerConnection(
        core: core, admission: admission, eventLoop: eventLoop)
    else { preconditionFailure("no connection") }
    let channel = FuzzedEnd.channel(connection, eventLoop)
    let output = FuzzedEnd.feed(pieces, channel)
    var ended: Set<UInt32> = []
    for frame in FuzzedEnd.frames(output) where frame.type <= 1 {
      precondition(!ended.contains(frame.stream), "a stream went on after its end")
      if frame.flags & 1 != 0 { ended.insert(frame.stream) }
    }
    let held = connection.calls.values.reduce(0) { $0 + $1.heldBytes }
    precondition(connection.incomingBytes == held, "bytes of requests are counted wrong")
    precondition(connection.session.outgoingBytes >= 0, "bytes of answers are counted wrong")
    _ = try? channel.finish(acceptAlreadyClosed: true)
    connection.close("the input ended")
    eventLoop.run()
    precondition(connection.calls.isEmpty, "calls outlived their connection")
    precondition(core.callsRunning == 0 && connection.running == 0, "methods outlived their calls")
    precondition(connection.incomingBytes == 0, "bytes of requests outlived their calls")
  }
}

/// The client's end, with calls under way.
private struct FuzzedClient {
  func run(_ pieces: [ByteBuffer]) {
    let eventLoop = EmbeddedEventLoop()
    guard
      let connection = try? ClientConnection(
        setupTimeout: .seconds(10), executor: EventLoopTaskExecutor(eventLoop),
        logger: FuzzedEnd.quiet, onGone: { _ in })
    else { preconditionFailure("no connection") }
    let channel = FuzzedEnd.channel(connection, eventLoop)
    let counts = (0..<3).map { _ in MethodStatistics(service: "test.v1.Test", method: "Echo") }
    let calls = counts.compactMap { _ in
      try? CallHead(path: "/test.v1.Test/Echo", timeout: .seconds(600), metadata: Metadata())
    }.map { ClientCall(head: $0, request: ByteBuffer(repeating: 7, count: 10)) }
    func start(_ index: Int) {
      connection.start(calls[index], .reader(StreamQueue(), counts[index], since: .now()))
    }
    start(0)
    start(1)
    let half = pieces.count / 2
    _ = FuzzedEnd.feed(Array(pieces[..<half]), channel)
    // One begins late and one is given up.
    start(2)
    connection.cancel(calls[0], RPCError(.cancelled, ""))
    eventLoop.run()
    _ = FuzzedEnd.feed(Array(pieces[half...]), channel)
    connection.openWindow(calls[1])
    _ = try? channel.finish(acceptAlreadyClosed: true)
    connection.close("the input ended")
    eventLoop.run()
    let ends = counts.map { $0.figures.ended.values.reduce(0, +) }
    precondition(ends == [1, 1, 1], "each call ends once")
  }
}
