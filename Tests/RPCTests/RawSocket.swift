import Foundation

/// A plain connection to a socket, for what a gRPC client would never send. Blocking.
struct RawSocket {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  /// An empty SETTINGS frame.
  static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]

  private let file: Int32

  init(_ path: String) throws {
    file = try Self.open(path) { connect($0, $1, $2) }
  }

  /// Takes over a descriptor.
  init(file: Int32) { self.file = file }

  /// A connection to a TCP port of this machine.
  init(port: Int) throws {
    file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) }
    }
    guard code == 0 else { throw Failure(description: String(cString: strerror(errno))) }
  }

  /// Leaves a socket file behind as a killed process does.
  static func leaveStale(_ path: String) throws {
    close(try open(path) { bind($0, $1, $2) })
  }

  static func open(
    _ path: String, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let code = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(file, $0, size) }
    }
    guard code == 0 else {
      let reason = String(cString: strerror(errno))
      close(file)
      throw Failure(description: "\(path): \(reason)")
    }
    return file
  }

  /// No single wait for the peer takes longer.
  func limitWaits(seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(file, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Sends; a peer that has closed already is not an error, and answers false.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        Foundation.send(
          file, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
          Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// The bytes that are there already.
  func readWithoutWaiting() -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = recv(file, &piece, piece.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  /// The bytes that are there, waiting for the first; none when the peer has closed.
  func readSome() -> [UInt8] {
    var piece = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &piece, piece.count)
    return Array(piece.prefix(max(0, count)))
  }

  /// The bytes up to a server's second SETTINGS frame: the one that says it has read ours.
  func readOpening() -> [UInt8] {
    var bytes: [UInt8] = []
    while Self.frameTypes(bytes).count(where: { $0 == 4 }) < 2 {
      let more = readSome()
      if more.isEmpty { return bytes }
      bytes += more
    }
    return bytes
  }

  /// The frames up to a moment, or until the peer closes.
  func readFrames(skipping prefix: Int = 0, until isEnough: ([RawFrame]) -> Bool) -> [RawFrame] {
    var bytes: [UInt8] = []
    while true {
      let frames = RawFrame.all(in: Array(bytes.dropFirst(prefix)))
      if isEnough(frames) { return frames }
      let more = readSome()
      if more.isEmpty { return frames }
      bytes += more
    }
  }

  /// All bytes until the peer closes.
  func readToEnd() -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      let more = readSome()
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  func end() { close(file) }

  /// The types of the frames in what a server sent.
  static func frameTypes(_ bytes: [UInt8]) -> [UInt8] { frames(bytes).map(\.type) }

  /// The bytes of the payloads of one type of frame.
  static func payloadBytes(_ bytes: [UInt8], ofType type: UInt8) -> Int {
    frames(bytes).reduce(0) { $0 + ($1.type == type ? $1.length : 0) }
  }

  /// The whole frames; a cut one at the end is left out.
  private static func frames(_ bytes: [UInt8]) -> [(type: UInt8, length: Int)] {
    var start = 0
    var frames: [(type: UInt8, length: Int)] = []
    while start + 9 <= bytes.count {
      let length = Int(bytes[start]) << 16 + Int(bytes[start + 1]) << 8 + Int(bytes[start + 2])
      guard start + 9 + length <= bytes.count else { break }
      frames.append((bytes[start + 3], length))
      start += 9 + length
    }
    return frames
  }
}

func ownProcessID() -> Int32 { getpid() }
