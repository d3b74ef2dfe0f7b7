import Foundation

/// The system calls that make a Unix domain socket, for paths up to the kernel's limit.
enum UnixSocket {
  /// The limit of a path (sun_path, without its end mark).
  static let pathBytesMax = 107

  struct Failure: Error, CustomStringConvertible {
    let call: String
    let code: Int32

    var description: String { "\(call): \(String(cString: strerror(code)))" }
  }

  /// Connects; a live socket answers at once.
  static func connected(_ path: String) throws(Failure) -> Int32 {
    let file = try make()
    guard withAddress(path, { connect(file, $0, $1) }) == 0 else {
      throw failed("connect", file)
    }
    return file
  }

  /// Makes a socket file and listens there. The mode is set before the first peer can come.
  static func listening(_ path: String, mode: UInt32 = 0o600, backlog: Int32) throws(Failure)
    -> Int32
  {
    let file = try make()
    guard withAddress(path, { bind(file, $0, $1) }) == 0 else { throw failed("bind", file) }
    guard chmod(path, mode) == 0 else { throw failed("chmod", file) }
    guard listen(file, backlog) == 0 else { throw failed("listen", file) }
    return file
  }

  /// Takes over a socket that another process made, after a look at what it is. It is not passed on
  /// to programs started here.
  static func adopt(_ file: Int32) throws(Failure) {
    guard option(SO_DOMAIN, of: file) == AF_UNIX, option(SO_ACCEPTCONN, of: file) == 1 else {
      throw Failure(call: "it must be a listening Unix domain socket", code: ENOTSOCK)
    }
    guard fcntl(file, F_SETFD, FD_CLOEXEC) == 0 else { throw Failure(call: "fcntl", code: errno) }
  }

  /// The process that listens at the other end of a connected socket; nil when the kernel does not
  /// show it.
  static func listener(of file: Int32) -> Int32? {
    var found = KernelCredentials(pid: 0, uid: 0, gid: 0)
    var size = socklen_t(MemoryLayout<KernelCredentials>.size)
    let code = getsockopt(file, SOL_SOCKET, SO_PEERCRED, &found, &size)
    return code == 0 && found.pid > 0 ? found.pid : nil
  }

  private static func option(_ name: Int32, of file: Int32) -> Int32? {
    var value: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(file, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
  }

  private static func make() throws(Failure) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let file = socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard file >= 0 else { throw Failure(call: "socket", code: errno) }
    return file
  }

  private static func failed(_ call: String, _ file: Int32) -> Failure {
    let failure = Failure(call: call, code: errno)
    close(file)
    return failure
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { target in
      target.copyBytes(from: path.utf8.prefix(pathBytesMax))
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
    }
  }
}
