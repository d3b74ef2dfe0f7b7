import Contract
import Everything
import RPC
import Testing

/// Bytes that libprotobuf-c would take too lightly are refused, with the field's name.
struct HostileBytesTests {
  private func refusal<Message: ContractMessage>(_ type: Message.Type, _ bytes: [UInt8])
    -> ContractError?
  {
    do throws(ContractError) {
      _ = try Message(protobuf: bytes)
      return nil
    } catch { return error }
  }

  @Test func `a refusal is INVALID_ARGUMENT and names the message and the field`() throws {
    let wire: [UInt8] = [0x0A, 3] + Array("a\0b".utf8)
    let error = try #require(refusal(CaptureOrderRequest.self, wire))
    #expect(error.message == "dropwire.orders.v1.CaptureOrderRequest")
    #expect(error.path == "order_id")
    #expect(error.rpcError.code == .invalidArgument)
    #expect(error.rpcError.violations.map(\.field) == ["order_id"])
  }

  @Test(
    arguments: [
      ([0x72, 2, 0xC3, 0x28], "string_value"), ([0x72, 1, 0xFF], "string_value"),
      // Also where a better one comes after it.
      ([0x72, 1, 0xFF, 0x72, 1, 0x61], "string_value"),
      // A surrogate, and a slash in two bytes.
      ([0x72, 3, 0xED, 0xA0, 0x80], "string_value"), ([0x72, 2, 0xC0, 0xAF], "string_value"),
      ([0xE2, 0x02, 1, 0x61, 0xE2, 0x02, 1, 0xFF], "strings"),
      ([0x8A, 0x01, 3, 0x0A, 1, 0xFF], "nested.name"),
      ([0xEA, 0x03, 1, 0xFF], "text"),
    ] as [([UInt8], String)])
  func `text that is not UTF-8 is refused`(_ wire: [UInt8], _ path: String) throws {
    let error = try #require(refusal(Everything.self, wire))
    #expect(error.path == path)
    #expect(error.problem == "is not UTF-8")
  }

  @Test(
    arguments: [
      ([0x72, 1, 0], "string_value"), ([0x72, 3, 0x61, 0x62, 0], "string_value"),
      ([0xE2, 0x02, 2, 0, 0x61], "strings"), ([0x8A, 0x01, 3, 0x0A, 1, 0], "nested.name"),
      ([0xEA, 0x03, 1, 0], "text"),
    ] as [([UInt8], String)])
  func `text with a NUL is refused, for a C string would be cut there`(
    _ wire: [UInt8], _ path: String
  ) throws {
    let error = try #require(refusal(Everything.self, wire))
    #expect(error.path == path)
    #expect(error.problem.contains("NUL"))
  }

  @Test func `text with a NUL is not encoded either`() throws {
    let message = Everything(nesteds: [.init(), .init(others: [.init(name: "a\0b")])])
    do throws(ContractError) {
      _ = try message.protobuf()
      Issue.record("encoded")
    } catch {
      #expect(error.path == "nesteds[1].others[0].name")
      #expect(error.message == "dropwire.testing.v1.Everything")
    }
  }

  @Test func `bytes may have NULs`() throws {
    let message = Everything(bytesValue: [0, 1, 0], blobs: [[0], [], [255]], choice: .data([0]))
    #expect(try Everything(protobuf: message.protobuf()) == message)
  }

  @Test func `every message that is cut short is refused or a message of its own`() throws {
    let whole = try Everything.full.protobuf()
    for count in 0..<whole.count {
      let cut = Array(whole.prefix(count))
      guard let message = try? Everything(protobuf: cut) else { continue }
      #expect(try message.protobuf() == cut, "\(count) of \(whole.count) bytes")
    }
  }

  @Test(
    arguments: [
      // Lengths that are longer than what follows, up to the largest there is.
      [0x72, 2, 0x61], [0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
      [0x72, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
      // A message that is longer than the one around it.
      [0x8A, 0x01, 2, 0x0A, 5, 0x61, 0x61, 0x61, 0x61, 0x61],
      // A varint without an end, and one of 70 bits.
      [0x18, 0x80], [0x18] + [UInt8](repeating: 0x80, count: 10) + [0],
      [0x18] + [UInt8](repeating: 0xFF, count: 10),
      // The field number 0; wire types that do not exist; groups.
      [0x00, 0], [0x02, 0], [0x1E, 0], [0x1F, 0], [0x1B, 0x1C], [0x1C],
      // Another wire type than the field has.
      [0x1A, 1, 0], [0x70, 1], [0x75, 1, 2, 3, 4], [0x88, 0x01, 1],
      // Packed numbers that end within one.
      [0x82, 0x02, 3, 1, 2, 3], [0x8A, 0x02, 1, 0x80], [0xBA, 0x02, 7, 1, 2, 3, 4, 5, 6, 7],
      // A field number above 29 bits.
      [0xF8, 0xFF, 0xFF, 0xFF, 0x1F, 1],
    ] as [[UInt8]])
  func `malformed bytes are refused`(_ wire: [UInt8]) {
    #expect(refusal(Everything.self, wire) != nil)
  }

  @Test func `a message that comes twice is refused, for merging would lose its numbers`() throws {
    let error = try #require(refusal(Everything.self, [0x8A, 0x01, 0, 0x8A, 0x01, 0]))
    #expect(error.path == "nested")
  }

  @Test func `messages may be nested 32 deep and no deeper`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      (1..<depth).reduce([]) { inner, _ in [0x12] + Self.varint(inner.count) + inner }
    }
    #expect(refusal(Everything.Nested.self, nested(32)) == nil)
    let error = try #require(refusal(Everything.Nested.self, nested(33)))
    #expect(error.problem.contains("32"))
    #expect(refusal(Everything.Nested.self, nested(100_000)) != nil)
  }

  @Test func `more than 4 MiB are refused before anything is decoded`() throws {
    let most = 4 * 1024 * 1024
    let text = [UInt8](repeating: 0x61, count: most - 5)
    let wire = [0x7A] + Self.varint(text.count) + text
    #expect(wire.count == most)
    #expect(refusal(Everything.self, wire) == nil)
    #expect(try #require(refusal(Everything.self, wire + [0x18, 1])).problem.contains("limit"))
  }

  @Test func `what is small on the wire and large in memory is refused`() throws {
    // A million messages of two bytes; a million unknown fields.
    let messages = (0..<1_000_000).flatMap { _ in [0xFA, 0x02, 0] as [UInt8] }
    #expect(try #require(refusal(Everything.self, messages)).problem.contains("memory"))
    let unknown = (0..<1_900_000).flatMap { _ in [0x78, 0] as [UInt8] }
    #expect(try #require(refusal(Nothing.self, unknown)).problem.contains("memory"))
  }

  static func varint(_ number: Int) -> [UInt8] {
    number < 128 ? [UInt8(number)] : [UInt8(number & 127 | 128)] + varint(number >> 7)
  }
}
