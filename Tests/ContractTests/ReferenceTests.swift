import Contract
import Everything
import Foundation
import Testing

/// What we write the reference reads, and the other way round: every message of the contract, and
/// every kind of field.
struct ReferenceTests {
  @Test func `the reference knows every message that the contract has, and no other`() throws {
    let theirs = Set(try Reference.cases().map(\.type))
    #expect(theirs == Set(Reference.messages.keys))
  }

  @Test func `bytes of the reference are decoded and encoded to the same bytes`() throws {
    for (item, type) in try cases() {
      try #expect(recoded(type, item.bytes) == item.bytes, "\(item.type) \(item.json)")
    }
  }

  @Test func `the order of the fields and values that come again make no difference`() throws {
    for (item, type) in try cases() {
      try #expect(recoded(type, item.shuffled) == item.bytes, "\(item.type) \(item.json)")
    }
  }

  @Test func `fields that a message does not have are left out`() throws {
    for (item, type) in try cases() {
      try #expect(recoded(type, item.withUnknown) == item.bytes, "\(item.type) \(item.json)")
    }
  }

  @Test func `JSON of the reference is read to the same message, by either names`() throws {
    for (item, type) in try cases() {
      for json in [item.json, item.protoNames] {
        let bytes = Data(try type.init(json: json).protobuf())
        #expect(bytes == item.bytes, "\(item.type) \(json)")
      }
    }
  }

  @Test func `the reference reads our bytes and our JSON to the same message`() throws {
    let written = try cases().map { item, type in
      let message = try type.init(protobuf: Array(item.bytes))
      return Reference.Written(
        type: item.type, expected: item.bytes, bytes: Data(try message.protobuf()),
        json: message.json(pretty: false), pretty: message.json(pretty: true))
    }
    for difference in try Reference.check(written) { Issue.record("\(difference)") }
  }

  @Test func `numbers that could be packed may come one by one`() throws {
    let wire: [UInt8] = [0x88, 0x02, 1, 0x88, 0x02, 2, 0x8A, 0x02, 2, 3, 4]
    #expect(try Everything(protobuf: wire).int32s == [1, 2, 3, 4])
  }

  @Test func `unpacked lists may come packed`() throws {
    #expect(try Everything(protobuf: [0x82, 0x03, 2, 7, 8]).unpacked == [7, 8])
  }

  @Test func `a message of one megabyte comes back whole`() throws {
    let message = Everything(
      stringValue: String(repeating: "größer ", count: 60_000),
      bytesValue: (0..<500_000).map { UInt8(truncatingIfNeeded: $0) })
    #expect(try Everything(protobuf: message.protobuf()) == message)
    #expect(try Everything(json: message.json()) == message)
  }

  private func cases() throws -> [(Reference.Case, any ContractMessage.Type)] {
    try Reference.cases().compactMap { item in
      Reference.messages[item.type].map { (item, $0) }
    }
  }

  private func recoded(_ type: any ContractMessage.Type, _ bytes: Data) throws -> Data {
    Data(try type.init(protobuf: Array(bytes)).protobuf())
  }
}
