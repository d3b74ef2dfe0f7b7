/// One HTTP/2 frame by hand, right or wrong.
struct RawFrame: Sendable {
  static let data: UInt8 = 0
  static let headers: UInt8 = 1
  static let priority: UInt8 = 2
  static let reset: UInt8 = 3
  static let settings: UInt8 = 4
  static let ping: UInt8 = 6
  static let goAway: UInt8 = 7
  static let windowUpdate: UInt8 = 8
  static let continuation: UInt8 = 9

  /// Flags of HEADERS and DATA.
  static let endStream: UInt8 = 1
  static let endHeaders: UInt8 = 4

  var type: UInt8
  var flags: UInt8 = 0
  var stream: UInt32 = 0
  var payload: [UInt8] = []

  /// As it goes over the wire.
  var bytes: [UInt8] {
    let length = payload.count
    return [
      UInt8(length >> 16 & 0xFF), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags,
    ]
      + Self.number(stream) + payload
  }

  /// Four bytes, big-endian.
  static func number(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) }
  }

  /// The whole frames; a cut one at the end is left out.
  static func all(in bytes: [UInt8]) -> [RawFrame] {
    var frames: [RawFrame] = []
    var start = 0
    while start + 9 <= bytes.count {
      let length = Int(bytes[start]) << 16 + Int(bytes[start + 1]) << 8 + Int(bytes[start + 2])
      guard start + 9 + length <= bytes.count else { break }
      let stream = bytes[start + 5..<start + 9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      frames.append(
        RawFrame(
          type: bytes[start + 3], flags: bytes[start + 4], stream: stream & 0x7FFF_FFFF,
          payload: Array(bytes[start + 9..<start + 9 + length])))
      start += 9 + length
    }
    return frames
  }

  /// Whether it is the last of a stream.
  func ends(_ stream: UInt32) -> Bool {
    let isEnd = [Self.headers, Self.data].contains(type) && flags & Self.endStream != 0
    return self.stream == stream && (isEnd || type == Self.reset)
  }

  /// The code of RST_STREAM and GOAWAY.
  var code: UInt32? {
    guard [Self.reset, Self.goAway].contains(type), payload.count >= 4 else { return nil }
    let start = type == Self.goAway ? 4 : 0
    return payload[start...].prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }
}

extension RawFrame {
  static func settings(_ entries: [(UInt16, UInt32)] = []) -> [UInt8] {
    let payload = entries.flatMap { id, value in
      [UInt8(id >> 8), UInt8(id & 0xFF)] + number(value)
    }
    return RawFrame(type: settings, payload: payload).bytes
  }

  static func windowUpdate(_ increment: UInt32, stream: UInt32 = 0) -> [UInt8] {
    RawFrame(type: windowUpdate, stream: stream, payload: number(increment)).bytes
  }

  static func reset(_ stream: UInt32, code: UInt32 = 8) -> [UInt8] {
    RawFrame(type: reset, stream: stream, payload: number(code)).bytes
  }

  /// A header block in HPACK, as literals that enter no table.
  static func block(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { [0] + text($0) + text($1) }
  }

  /// A text as HPACK writes it, without Huffman's code.
  static func text(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var length = text.utf8.count
    if length < 127 {
      bytes.append(UInt8(length))
    } else {
      bytes.append(127)
      length -= 127
      while length >= 128 {
        bytes.append(UInt8(length & 127) | 128)
        length >>= 7
      }
      bytes.append(UInt8(length))
    }
    return bytes + Array(text.utf8)
  }

  /// The headers of a call of the test service.
  static func head(_ method: String, timeout: String? = nil, more: [(String, String)] = [])
    -> [(String, String)]
  {
    let path = "/\(testServiceName)/\(method)"
    let fields = [
      (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
      ("content-type", "application/grpc"), ("te", "trailers"),
    ]
    return fields + (timeout.map { [("grpc-timeout", $0)] } ?? []) + more
  }

  /// HEADERS that open a call and leave its request open.
  static func open(
    _ method: String, stream: UInt32, timeout: String? = nil, more: [(String, String)] = []
  ) -> [UInt8] {
    let fields = head(method, timeout: timeout, more: more)
    return RawFrame(type: headers, flags: endHeaders, stream: stream, payload: block(fields)).bytes
  }

  /// The whole request of a call: its message, shorter than a frame, in one of them.
  static func call(
    _ method: String, stream: UInt32, message: [UInt8] = [], timeout: String? = nil
  ) -> [UInt8] {
    let framed = [0] + number(UInt32(message.count)) + message
    return open(method, stream: stream, timeout: timeout)
      + RawFrame(type: data, flags: endStream, stream: stream, payload: framed).bytes
  }
}
