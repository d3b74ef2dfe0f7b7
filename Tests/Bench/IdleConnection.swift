import Foundation

/// A connection that speaks HTTP/2 only as far as its opening, and then stays idle.
struct IdleConnection {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// SETTINGS without any; the flag of its acknowledgement.
  private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let acknowledged: UInt8 = 1
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let frameHeadBytes = 9

  let file: Int32

  /// Returns when both sides have acknowledged the other's settings.
  init(to path: String) throws {
    file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { throw Failure(description: "no socket: \(errno)") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    do {
      guard code == 0 else { throw Failure(description: "cannot connect to \(path): \(errno)") }
      try open()
    } catch {
      Foundation.close(file)
      throw error
    }
  }

  func close() { Foundation.close(file) }

  private func open() throws {
    try send(Self.preface + Self.settings)
    while true {
      let head = try receive(Self.frameHeadBytes)
      _ = try receive(Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2]))
      guard head[3] == Self.settings[3] else { continue }
      if head[4] == Self.acknowledged { return }
      var acknowledgement = Self.settings
      acknowledgement[4] = Self.acknowledged
      try send(acknowledgement)
    }
  }

  private func send(_ bytes: [UInt8]) throws {
    let sent = Foundation.send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    guard sent == bytes.count else { throw Failure(description: "cannot send: \(errno)") }
  }

  private func receive(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var have = 0
    while have < count {
      let got = bytes.withUnsafeMutableBytes {
        read(file, $0.baseAddress?.advanced(by: have), count - have)
      }
      guard got > 0 else { throw Failure(description: "the server ended the connection") }
      have += got
    }
    return bytes
  }
}
