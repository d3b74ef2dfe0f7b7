import Foundation

/// A TCP connection on which a test says what no HTTP client would.
final class RawConnection {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let patience = timeval(tv_sec: 20, tv_usec: 0)

  private let socket: Int32

  /// - Parameter url: such as http://127.0.0.1:8080.
  init(to url: String) throws {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw Failure(description: "\(url) has no port")
    }
    socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var patience = Self.patience
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw Failure(description: "no connection to \(url): \(errno)") }
  }

  deinit { close(socket) }

  func say(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Says no more, and goes on to listen.
  func endSaying() { shutdown(socket, Int32(SHUT_WR)) }

  /// What the other end says until a mark, or to its end when it is nil.
  func hear(until mark: String? = nil) throws -> String {
    var heard: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let text = String(decoding: heard, as: UTF8.self)
      if let mark, text.contains(mark) { return text }
      let count = recv(socket, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && errno == ECONNRESET) { return text }
      guard count > 0 else { throw Failure(description: "heard no end: \(text)") }
      heard += buffer[..<count]
    }
  }
}
