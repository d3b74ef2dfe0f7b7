import Contract
import Foundation
import Testing

/// Contracts of the past, as `recorded.py record` wrote them down: what was sent then is read now,
/// and what is sent now is read by a program that was built then.
struct RecordedTests {
  /// A message as it was written, and what it says.
  private struct Message: Decodable {
    let type: String
    let bytes: Data
    let json: String
  }

  /// The first entry of a recording is the contract itself.
  private enum Entry: Decodable {
    case contract
    case message(Message)

    init(from decoder: any Decoder) throws {
      self = (try? .message(Message(from: decoder))) ?? .contract
    }
  }

  private func recorded() throws -> [[Message]] {
    let folder = Command.packageRoot.appendingPathComponent("Tests/ContractTests/recorded")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try names.map { name in
      let text = try Data(contentsOf: folder.appendingPathComponent(name))
      return try JSONDecoder().decode([Entry].self, from: text).compactMap { entry in
        if case .message(let message) = entry { message } else { nil }
      }
    }
  }

  @Test func `what was recorded is read, and means the same`() throws {
    let all = try recorded()
    #expect(!all.isEmpty)
    for message in all.joined() {
      let type = try #require(Reference.messages[message.type], "\(message.type) is gone")
      let read = try type.init(protobuf: Array(message.bytes))
      #expect(try Data(read.protobuf()) == message.bytes, "\(message.json)")
      let meant = try type.init(json: message.json).protobuf()
      #expect(Data(meant) == message.bytes, "\(message.json)")
    }
  }

  @Test func `every message of the contract was recorded, or is newer`() throws {
    for messages in try recorded() {
      let types = Set(messages.map(\.type))
      #expect(types.count > 80)
      #expect(types.isSubset(of: Reference.messages.keys))
    }
  }

  @Test func `what is written today is read by those of the past`() throws {
    let inputs = try Reference.cases().map { Reference.Input(type: $0.type, bytes: $0.withUnknown) }
    for difference in try Reference.readByOlder(inputs) { Issue.record("\(difference)") }
  }

  @Test func `names, numbers, types and methods stay as they were recorded`() throws {
    for difference in try Reference.broken() { Issue.record("\(difference)") }
  }

  @Test func `numbers of an enum that is newer here come through`() throws {
    // Sale.environment = 99, and a field 5000 that a newer contract may have.
    let read = try Sale(protobuf: [0x18, 99, 0xC0, 0xB8, 0x02, 1])
    #expect(read.environment == .unrecognized(99))
    #expect(try read.protobuf() == [0x18, 99])
    #expect(read.json() == #"{"environment":99}"#)
    #expect(try Sale(json: read.json()) == read)
  }
}
