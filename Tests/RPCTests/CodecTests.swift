import NIOCore
import Testing

@testable import RPC

@Suite struct CodecTests {
  @Test(arguments: [
    ("1H", Duration.seconds(3600)), ("2M", .seconds(120)), ("3S", .seconds(3)),
    ("4m", .milliseconds(4)), ("5u", .microseconds(5)), ("6n", .nanoseconds(6)),
    ("99999999H", .seconds(99_999_999 * 3600)),
  ])
  func `timeouts are read in every unit`(_ text: String, _ timeout: Duration) {
    #expect(GRPCTimeout.parse(text) == timeout)
  }

  @Test(arguments: ["", "S", "1", "1x", "123456789S", "-1S", "+1S", "1.5S", " 1S", "٣S"])
  func `what is not a timeout is not taken for one`(_ text: String) {
    #expect(GRPCTimeout.parse(text) == nil)
  }

  @Test(arguments: [
    (Duration.microseconds(1), "1u"), (.nanoseconds(1), "1u"), (.seconds(-3), "1u"),
    (.milliseconds(1500), "1500000u"), (.seconds(99), "99000000u"), (.seconds(100), "100000m"),
    (.seconds(86400), "86400000m"), (.seconds(1_000_000), "1000000S"),
    (.seconds(1_000_000_000), "99999999S"),
  ])
  func `timeouts are written in at most eight digits`(_ timeout: Duration, _ text: String) {
    #expect(GRPCTimeout.format(timeout) == text)
    #expect(GRPCTimeout.parse(text) != nil)
  }

  @Test func `malformed escapes of a message stay as they are`() {
    #expect(GRPCStatus.percentDecoded("100%") == "100%")
    #expect(GRPCStatus.percentDecoded("%zz%4") == "%zz%4")
    #expect(GRPCStatus.percentDecoded("%C3%BC%25") == "ü%")
    #expect(GRPCStatus.percentEncoded("ü% a ") == "%C3%BC%25 a%20")
  }

  @Test func `messages are put together from pieces of any size`() throws {
    let messages = [0, 1, 5, 70_000, 3].map { ByteBuffer(repeating: UInt8($0 & 0xFF), count: $0) }
    let wire = messages.flatMap { Array(GRPCFraming.framed($0).readableBytesView) }
    for size in [1, 2, 7, 16_384, wire.count] {
      var assembler = MessageAssembler(isRequest: true)
      var found: [ByteBuffer] = []
      for start in stride(from: 0, to: wire.count, by: size) {
        wire[start..<min(start + size, wire.count)].withUnsafeBytes { assembler.append($0) }
        while let message = try assembler.next() { found.append(message) }
      }
      #expect(found == messages)
      #expect(assembler.waitingBytes == 0)
    }
  }

  @Test(
    arguments: [
      ([0, 0xFF, 0xFF, 0xFF, 0xFF], true, nil, StatusCode.resourceExhausted),
      ([1, 0, 0, 0, 0], true, nil, .internalError),
      ([1, 0, 0, 0, 0], true, "gzip", .unimplemented),
      ([1, 0, 0, 0, 0], false, nil, .internalError),
      ([1, 0, 0, 0, 0], false, "gzip", .internalError),
    ] as [([UInt8], Bool, String?, StatusCode)])
  func `a message that claims too much, or is compressed, is refused`(
    _ prefix: [UInt8], _ isRequest: Bool, _ encoding: String?, _ code: StatusCode
  ) {
    var assembler = MessageAssembler(isRequest: isRequest, encoding: encoding)
    prefix.withUnsafeBytes { assembler.append($0) }
    let error = #expect(throws: RPCError.self) { try assembler.next() }
    #expect(error?.code == code)
  }

  @Test func `of binary metadata that was joined the first value counts`() {
    let metadata: Metadata = ["a-bin": "AAH/,AQ", "b-bin": "AQ", "c-bin": "?"]
    #expect(metadata.binary("a-bin") == [0, 1, 255] && metadata.binary("b-bin") == [1])
    #expect(metadata.binary("c-bin") == nil && metadata.binary("d-bin") == nil)
  }

  @Test func `any bytes can be read as details without harm`() {
    var random = SplitMix(state: 1)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      var error = RPCError(.internalError, "kept")
      StatusDetails.decode(bytes, into: &error)
      #expect(error.message == "kept")
    }
    var error = RPCError(.internalError, "kept")
    StatusDetails.decode(
      [0x1A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1], into: &error)
    #expect(error.violations.isEmpty)
  }

  @Test func `trailers without a status are an unknown outcome`() {
    #expect(GRPCStatus.error([])?.code == .unknown)
    #expect(GRPCStatus.error([HeaderField(name: "grpc-status", value: "x")])?.code == .unknown)
    #expect(GRPCStatus.error([HeaderField(name: "grpc-status", value: "99")])?.code == .unknown)
  }

  @Test func `metadata names are lowered, and set values replace`() {
    var metadata: Metadata = ["A": "1"]
    metadata.add("a", "2")
    #expect(metadata.all("a") == ["1", "2"])
    metadata["A"] = "3"
    #expect(metadata.all("a") == ["3"])
    metadata["a"] = nil
    #expect(metadata.isEmpty)
  }
}
