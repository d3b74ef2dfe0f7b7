import NIOCore

/// What holds for all connections over TLS.
enum TLSLimits {
  static let applicationProtocol = "h2"
  /// A peer that does not say goodbye is not waited for.
  static let shutdownTimeout = TimeAmount.seconds(1)
  static let handshakeTimeout = Duration.seconds(10)
  /// Peers whose certificates are not known yet; above it, new ones are turned away.
  static let handshakesMax = 256
  /// How often the files are looked at.
  static let filesInterval = Duration.seconds(1)
  static let fileBytesMax = 1 << 20
  static let connectTimeout = TimeAmount.seconds(5)
  /// How long a machine that is gone goes unnoticed, as long as nothing is sent to it, and after
  /// something was.
  static let keepAliveSeconds = 30
  static let unansweredMilliseconds = 30_000
}
