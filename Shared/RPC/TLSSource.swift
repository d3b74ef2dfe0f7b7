import Foundation
import Logging
import NIOSSL
import Synchronization

/// What handshakes need, from files that may be replaced meanwhile.
///
/// **Invariant:** files that cannot be used never take the place of those that could.
final class TLSSource: Sendable {
  /// What changes when a file is written or replaced.
  private struct Stamp: Hashable {
    var device: UInt64 = 0
    var file: UInt64 = 0
    var size: Int64 = 0
    var seconds = 0
    var nanoseconds = 0

    init(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return }
      device = UInt64(status.st_dev)
      file = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  private struct State {
    var context: NIOSSLContext
    /// Of the files that were tried last.
    var tried: [Stamp]
    /// At the last look.
    var seen: [Stamp]
  }

  let files: TLSFiles
  private let side: TLSFiles.Side
  private let logger: Logger
  private let state: Mutex<State>

  /// - Throws: `TLSFiles.Unusable`.
  init(_ files: TLSFiles, _ side: TLSFiles.Side, logger: Logger) throws(TLSFiles.Unusable) {
    self.files = files
    self.side = side
    self.logger = logger
    let stamps = Self.stamps(files)
    state = Mutex(State(context: try files.context(side), tried: stamps, seen: stamps))
  }

  var context: NIOSSLContext { state.withLock { $0.context } }

  /// Takes files that have changed.
  ///
  /// - Parameter isPatient: waits for the next look when they changed since the last one: whoever
  ///   replaces them replaces several.
  func refresh(isPatient: Bool) {
    let now = Self.stamps(files)
    let isDue = state.withLock { state in
      defer { state.seen = now }
      guard state.tried != now, !isPatient || state.seen == now else { return false }
      state.tried = now
      return true
    }
    guard isDue else { return }
    do throws(TLSFiles.Unusable) {
      let context = try files.context(side)
      state.withLock { $0.context = context }
      logger.info("TLS files taken", metadata: ["certificate": .string(files.certificate)])
    } catch {
      logger.error(
        "TLS files cannot be used; those from before stay", metadata: ["error": "\(error)"])
    }
  }

  private static func stamps(_ files: TLSFiles) -> [Stamp] {
    [files.certificate, files.key, files.authority].map { Stamp($0) }
  }
}
