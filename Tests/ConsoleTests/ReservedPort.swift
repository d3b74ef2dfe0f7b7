import Foundation
import Support

/// A port of the loopback address that nobody else is given while this holds it, and that a server
/// may listen at all the same.
///
/// On Linux a socket that is bound and does not listen leaves its port to one that does, where both
/// allow it. Source: socket(7), SO_REUSEADDR.
struct ReservedPort {
  let number: Int
  private let file: Int32

  init() throws {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var allows: Int32 = 1
    setsockopt(
      file, SOL_SOCKET, SO_REUSEADDR, &allows, socklen_t(MemoryLayout.size(ofValue: allows)))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(file, $0, length) == 0 ? getsockname(file, $0, &length) : -1
      }
    }
    guard result == 0 else {
      close(file)
      throw NeverHappened("a free port")
    }
    self.file = file
    number = Int(UInt16(bigEndian: address.sin_port))
  }

  func release() { close(file) }
}
