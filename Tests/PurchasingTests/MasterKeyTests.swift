import Crypto
import Foundation
import Testing

@testable import Purchasing

/// Without a good key file there is no key.
@Suite struct MasterKeyTests {
  private static func key(_ content: [UInt8], mode: Int, isHandedOver: Bool = false) throws
    -> MasterKey
  {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("key-\(UUID().uuidString)").path
    _ = FileManager.default.createFile(
      atPath: path, contents: Data(content), attributes: [.posixPermissions: mode])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try MasterKey(file: path, isHandedOver: isHandedOver)
  }

  private static let bytes = Array(UInt8(0)..<32)

  @Test func `32 bytes or 64 digits are the same key with the same id`() throws {
    let raw = try Self.key(Self.bytes, mode: 0o600)
    let hex = Self.bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let text = try Self.key(Array("\(hex)\n".utf8), mode: 0o400)
    #expect(raw.id == text.id && raw.key == text.key && raw.id.count == 12)
    #expect(raw.id != MasterKey(SymmetricKey(size: .bits256)).id)
  }

  @Test(arguments: [0, 1, 31, 33, 63, 65, 128])
  func `another length is refused`(_ count: Int) {
    #expect(throws: MasterKey.Refused.self) {
      try Self.key(Array(repeating: UInt8(ascii: "a"), count: count), mode: 0o600)
    }
  }

  @Test(arguments: [0o640, 0o604, 0o644, 0o660])
  func `a file that others may read is refused`(_ mode: Int) {
    #expect(throws: MasterKey.Refused.self) { try Self.key(Self.bytes, mode: mode) }
  }

  @Test func `systemd's own file may show the mask of its access list`() throws {
    _ = try Self.key(Self.bytes, mode: 0o440, isHandedOver: true)
    #expect(throws: MasterKey.Refused.self) {
      try Self.key(Self.bytes, mode: 0o444, isHandedOver: true)
    }
  }

  @Test func `a missing file and a folder are refused and the message says what to do`() {
    for path in ["/nowhere/master.key", "/tmp"] {
      do {
        _ = try MasterKey(file: path)
        Issue.record("expected a refusal of \(path)")
      } catch {
        #expect(error.description.contains("--make-key"))
      }
    }
  }
}
