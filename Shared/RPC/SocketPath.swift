import Foundation

/// The file of a Unix domain socket.
enum SocketPath {
  /// The kernel's limit (sun_path, without its end mark).
  static let bytesMax = 107

  /// Makes way for a new socket: its folder exists (0700 when made here), and a socket that a dead
  /// process left is removed.
  ///
  /// - Throws: `RPCServer.StartFailure` for a path that is too long, is listened at, or is
  ///   something else than a socket.
  static func prepare(_ path: String) throws {
    guard path.utf8.count <= bytesMax else {
      throw RPCServer.StartFailure(
        "socket path of \(path.utf8.count) bytes is above the limit of \(bytesMax): \(path)")
    }
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    guard let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] else { return }
    guard type as? FileAttributeType == .typeSocket else {
      throw RPCServer.StartFailure("\(path) is not a socket; it is left alone")
    }
    if isListenedAt(path) {
      throw RPCServer.StartFailure("another process listens at \(path)")
    }
    try FileManager.default.removeItem(atPath: path)
  }

  /// Whether somebody accepts connections there.
  static func isListenedAt(_ path: String) -> Bool {
    let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard file >= 0 else { return false }
    defer { close(file) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { target in
      target.copyBytes(from: path.utf8.prefix(bytesMax))
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) == 0 }
    }
  }
}
