/// HTTP/2 frames by hand, for what a test must place to the byte.
enum RawRequest {
  /// What a client says first: SETTINGS with windows so large that a server need never wait.
  static let opening: [UInt8] =
    RawSocket.preface + frame(4, 0, 0, [0, 4, 0x7F, 0xFF, 0xFF, 0xFF])
    + frame(8, 0, 0, [0x7F, 0, 0, 0])

  /// A whole gRPC request on a stream, with an empty message.
  static func call(_ path: String, stream: UInt8) -> [UInt8] {
    let headers = [
      (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
      ("content-type", "application/grpc"), ("te", "trailers"),
    ]
    // Literal header fields without indexing; all texts are shorter than 127 bytes.
    var block: [UInt8] = []
    for (name, value) in headers {
      block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
      block += [UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return frame(1, 4, stream, block) + frame(0, 1, stream, [0, 0, 0, 0, 0])
  }

  private static func frame(
    _ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]
  ) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), type, flags, 0, 0, 0, stream]
      + payload
  }
}
