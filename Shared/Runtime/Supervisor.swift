import Foundation
public import Logging

/// Who started the process and wants to hear how far it is, such as systemd.
///
/// Each message is one datagram to the Unix socket that `NOTIFY_SOCKET` names; a name that begins
/// with `@` is an abstract one, without a file.
/// Source: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
public struct Supervisor: Sendable, Hashable {
  public enum Message: String, Sendable {
    /// Calls are answered.
    case ready = "READY=1"
    /// No new calls are taken.
    case stopping = "STOPPING=1"
  }

  /// What is meant for this process alone: a program that it started must not take it for its own.
  private static let variables = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"]

  private let address: String

  /// - Parameter address: a path, or `@` and an abstract name.
  init(address: String) { self.address = address }

  /// Tells it, once. A supervisor that does not listen is no reason to stop serving.
  public func tell(_ message: Message, _ logger: Logger) {
    guard let code = send(message.rawValue) else { return }
    logger.warning(
      "supervisor not reached",
      metadata: [
        "told": .string(message.rawValue), "address": .string(address),
        "error": .string(String(cString: strerror(code))),
      ])
  }

  /// The error's number; nil when it was sent.
  private func send(_ text: String) -> Int32? {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let file = socket(AF_UNIX, type, 0)
    guard file >= 0 else { return errno }
    defer { close(file) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var name = Array(address.utf8)
    if name.first == UInt8(ascii: "@") { name[0] = 0 }
    let start = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: target.sun_path)
    let fits = withUnsafeMutableBytes(of: &target.sun_path) { space in
      guard name.count < space.count else { return false }
      space.copyBytes(from: name)
      return true
    }
    guard fits else { return ENAMETOOLONG }
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    let bytes = Array(text.utf8)
    let sent = withUnsafePointer(to: target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(file, bytes, bytes.count, flags, $0, socklen_t(start + name.count))
      }
    }
    return sent < 0 ? errno : nil
  }

  static func unsetEnvironment() {
    for name in variables { unsetenv(name) }
  }
}

extension Settings {
  /// The first descriptor that the protocol passes; more than one has no meaning for a service.
  private static let firstPassed: Int32 = 3

  /// The listening socket that was passed to this process.
  /// Source: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
  mutating func passedSocket() -> Int32? {
    guard let count = ambient("LISTEN_FDS"), ambient("LISTEN_PID") == String(getpid()) else {
      return nil
    }
    guard count == "1" else {
      reject("LISTEN_FDS is \"\(count)\"; a service takes one listening socket")
      return nil
    }
    return Self.firstPassed
  }

  /// Who wants to hear how far the process is; nil when nobody does.
  public func supervisor() -> Supervisor? {
    ambient("NOTIFY_SOCKET").flatMap { $0.isEmpty ? nil : Supervisor(address: $0) }
  }
}
