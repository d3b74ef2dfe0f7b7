import Foundation

/// Keeps other processes, and other stores of this one, away from a database.
///
/// A lock of the kernel on `<path>.lock`, so that it ends with the process, however that ends. The
/// file stays: removing it would let two processes lock two files of one name.
final class ProcessLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `StoreError.inUse`, or `.cannotOpen` when there can be no lock.
  init(_ path: String) throws(StoreError) {
    let descriptor = open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw .cannotOpen(path: "\(path).lock", String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      Foundation.close(descriptor)
      if code == EWOULDBLOCK { throw .inUse(path: path) }
      throw .cannotOpen(path: "\(path).lock", String(cString: strerror(code)))
    }
    self.descriptor = descriptor
  }

  deinit { Foundation.close(descriptor) }
}
