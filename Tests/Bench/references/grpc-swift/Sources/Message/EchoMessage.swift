import GRPCCore

/// The message of the echo, coded by hand: no slower than a protobuf library would be.
public struct EchoMessage: Sendable, Hashable {
  public var paypalOrderID = ""
  public var userID: UInt64 = 0
  public var productURL = ""
  public var quantity: UInt64 = 0
  public var idempotencyKey = ""

  public init() {}

  /// What every client of the benchmark sends.
  public static let usual: EchoMessage = {
    var message = EchoMessage()
    message.paypalOrderID = "5O190127TN364715T"
    message.userID = 42
    message.productURL = "https://www.aliexpress.com/item/1005006104579280.html"
    message.quantity = 2
    message.idempotencyKey = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
    return message
  }()

  public static let method = MethodDescriptor(
    fullyQualifiedService: "dropwire.testing.v1.Echo", method: "Echo", type: .unary)
}

/// Codes texts and numbers of less than 128 bytes and values, which is all that the echo has.
public struct EchoCoding: MessageSerializer, MessageDeserializer {
  public init() {}

  public func serialize<Bytes: GRPCContiguousBytes>(_ message: EchoMessage) throws -> Bytes {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(128)
    func text(_ tag: UInt8, _ text: String) {
      bytes.append(tag)
      bytes.append(UInt8(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
    text(0x0a, message.paypalOrderID)
    bytes += [0x10, UInt8(message.userID)]
    text(0x1a, message.productURL)
    bytes += [0x20, UInt8(message.quantity)]
    text(0x2a, message.idempotencyKey)
    return Bytes(bytes)
  }

  public func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> EchoMessage {
    try bytes.withUnsafeBytes { bytes in
      var message = EchoMessage()
      var rest = bytes[...]
      while let tag = rest.popFirst(), let value = rest.popFirst() {
        let isText = tag & 7 == 2
        guard !isText || rest.count >= value else {
          throw RPCError(code: .invalidArgument, message: "a text is cut")
        }
        let text = isText ? String(decoding: rest.prefix(Int(value)), as: UTF8.self) : ""
        if isText { rest = rest.dropFirst(Int(value)) }
        switch tag >> 3 {
        case 1: message.paypalOrderID = text
        case 2: message.userID = UInt64(value)
        case 3: message.productURL = text
        case 4: message.quantity = UInt64(value)
        case 5: message.idempotencyKey = text
        default: throw RPCError(code: .invalidArgument, message: "the echo has no such field")
        }
      }
      return message
    }
  }
}
