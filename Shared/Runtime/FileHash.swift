import Crypto
import Foundation

/// SHA-256 and length of a file.
struct FileHash: Hashable, Sendable {
  private static let bytesPerRead = 1 << 20

  /// Hexadecimal, in small letters, as `sha256sum` prints it.
  let sha256: String
  let bytes: Int64

  /// - Returns: nil when the file cannot be read.
  init?(of path: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var (hash, bytes) = (SHA256(), Int64(0))
    while let piece = try file.read(upToCount: Self.bytesPerRead), !piece.isEmpty {
      hash.update(data: piece)
      bytes += Int64(piece.count)
    }
    self.bytes = bytes
    sha256 = hash.finalize().map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
