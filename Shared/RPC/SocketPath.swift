import Foundation

/// The file of a Unix domain socket.
enum SocketPath {
  /// Which file a path led to, so that a successor's socket is never taken for one's own.
  struct Identity: Equatable {
    var device: UInt64
    var file: UInt64
  }

  /// Makes way for a new socket and has it made by `listen`: the folder exists (0700 when made
  /// here), and a socket that a dead process left is removed. Of several processes that start at
  /// once, one listens and the others are refused.
  ///
  /// - Throws: `RPCServer.StartFailure` for a path that is too long, is listened at, or is
  ///   something else than a socket.
  static func claim<Value: Sendable>(
    _ path: String, _ listen: () async throws -> Value
  ) async throws -> Value {
    guard path.utf8.count <= UnixSocket.pathBytesMax else {
      throw RPCServer.StartFailure(
        "socket path of \(path.utf8.count) bytes is above the limit of "
          + "\(UnixSocket.pathBytesMax): \(path)")
    }
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty, !FileManager.default.fileExists(atPath: folder) {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    let lock = try await FolderLock(folder.isEmpty ? "." : folder)
    defer { lock.release() }
    try makeWay(path)
    return try await listen()
  }

  private static func makeWay(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw RPCServer.StartFailure("\(path) is not a socket; it is left alone")
    }
    switch listener(path) {
    case .nobody: break
    case .process(let pid): throw RPCServer.StartFailure("already running, pid \(pid), at \(path)")
    case .unknown: throw RPCServer.StartFailure("another process listens at \(path)")
    }
    try FileManager.default.removeItem(atPath: path)
  }

  private enum Listener {
    case nobody
    case process(Int32)
    /// Somebody who has no time, or no process that can be seen from here.
    case unknown
  }

  /// Who listens there. In doubt somebody does: only a refused connection shows that the socket's
  /// process is dead.
  private static func listener(_ path: String) -> Listener {
    do {
      let file = try UnixSocket.connected(path)
      defer { close(file) }
      return UnixSocket.listener(of: file).map { .process($0) } ?? .unknown
    } catch {
      return error.code == ECONNREFUSED || error.code == ENOENT ? .nobody : .unknown
    }
  }

  static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return Identity(device: UInt64(status.st_dev), file: UInt64(status.st_ino))
  }

  /// Removes a socket, unless the path leads to another file by now.
  static func remove(_ path: String, ifStill identity: Identity?) {
    guard let identity, identity == self.identity(path) else { return }
    unlink(path)
  }
}

/// The kernel's advisory lock on a folder. It goes with the process, so none is left behind.
private struct FolderLock {
  /// Others hold it for the time of a bind; longer means that they hang.
  private static let patience = Duration.seconds(5)

  private let file: Int32

  init(_ folder: String) async throws {
    file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else {
      throw RPCServer.StartFailure("cannot open \(folder): \(String(cString: strerror(errno)))")
    }
    let end = ContinuousClock.now + Self.patience
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard .now < end, !Task.isCancelled else {
        close(file)
        throw RPCServer.StartFailure("another process starts in \(folder) and does not end")
      }
      try? await Task.sleep(for: .milliseconds(2))
    }
  }

  func release() { close(file) }
}
