import NIOCore
import Outside
import Testing

/// What is read as JSON, what is not, and what is written.
@Suite struct JSONTests {
  private static let values: [(String, JSON)] = [
    ("{}", .object([:])), ("[]", .array([])), (" \t\r\n null \n", .null), ("true", true),
    ("false", false), (#""""#, ""), ("0", .number("0")), ("-0", .number("-0")),
    (#"{"a":{"b":[1,"2",null]}}"#, ["a": ["b": [.number("1"), "2", .null]]]),
    (#"[ { } , [ ] ]"#, [.object([:]), .array([])]),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00""#, "😀"), (#""é€😀""#, "é€😀"),
    (#"{"":1}"#, ["": .number("1")]),
  ]

  @Test(arguments: values)
  func `a value is read`(_ text: String, _ value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
    #expect(try JSON(parsing: ByteBuffer(string: text)) == value)
  }

  @Test(arguments: [
    "9223372036854775808", "123456789012345678901234567890", "0.1", "6.50", "-1.5e+10", "1E400",
    "0.10000000000000000000000000001", "0e0",
  ])
  func `a number is kept as it was written`(_ text: String) throws {
    #expect(try JSON(parsing: "[\(text)]") == [.number(text)])
  }

  @Test(arguments: [
    "", " ", "{", "[", "[1", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
    "{\"a\":1", "[1]]", "[1] x", "nul", "nulll", "tru", "+1", "01", "-", "1.", ".5", "1e", "1e+",
    "0x1", "NaN", "'a'", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\u12g4\"",
    "\"a\nb\"", "\"\u{1}\"", "\u{B}1", "\u{FEFF}1", "//x\n1",
  ])
  func `what is not JSON is refused`(_ text: String) {
    #expect(throws: JSONMalformed.self) { try JSON(parsing: text) }
  }

  @Test func `every cut of an answer is refused`() throws {
    let text = #"{"id":"5O1","n":[1.5,{"ü":"\u20ac\n"}],"t":true,"z":null}"#
    #expect(throws: Never.self) { try JSON(parsing: text) }
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      #expect(throws: JSONMalformed.self) {
        try JSON(parsing: ByteBuffer(bytes: bytes[..<length]))
      }
    }
  }

  @Test func `a name that comes twice is refused`() {
    #expect(throws: JSONMalformed.self) {
      try JSON(parsing: #"{"status":"DECLINED","status":"COMPLETED"}"#)
    }
    #expect(throws: JSONMalformed.self) { try JSON(parsing: #"[{"a":1,"\u0061":1}]"#) }
    #expect(throws: Never.self) { try JSON(parsing: #"[{"a":1},{"a":1}]"#) }
  }

  @Test func `nesting is bounded`() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSON(parsing: nested(64)) }
    #expect(throws: JSONMalformed.self) { try JSON(parsing: nested(65)) }
    #expect(throws: JSONMalformed.self) {
      try JSON(parsing: String(repeating: "{\"a\":", count: 1_000_000))
    }
    // Width is no depth.
    #expect(throws: Never.self) { try JSON(parsing: "[" + nested(60) + "," + nested(60) + "]") }
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22],
      [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
    ] as [[UInt8]])
  func `a text that is not UTF-8 is refused`(_ bytes: [UInt8]) {
    #expect(throws: JSONMalformed.self) { try JSON(parsing: ByteBuffer(bytes: bytes)) }
  }

  @Test(arguments: [
    (#""a\ud83d""#, "a\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"),
    (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ud83d\n""#, "\u{FFFD}\n"),
    (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
  ])
  func `half of a surrogate pair is read as a replacement`(_ text: String, _ expected: String)
    throws
  {
    #expect(try JSON(parsing: text) == .string(expected))
  }

  @Test func `members are found, and null is as absent`() throws {
    let json = try JSON(parsing: #"{"a":null,"n":"12","i":7,"b":"true","c":false,"l":[1,2]}"#)
    #expect(json["a"] == nil && json["none"] == nil && json["l"]?["x"] == nil)
    #expect(json["n"]?.integer == 12 && json["i"]?.integer == 7 && json["i"]?.text == "7")
    #expect(json["b"]?.bool == true && json["c"]?.bool == false && json["n"]?.bool == nil)
    #expect(json["l"]?.elements.count == 2 && json["i"]?.elements.count == 1)
    #expect(JSON.null.elements.isEmpty && json["l"]?.text == nil)
  }

  @Test func `what is written is read again, in the order of names`() throws {
    let json: JSON = [
      "z": ["\"quoted\" \\ \n\r\t\u{1}\u{1F} é 😀", true, .null], "a": .integer(-5), "e": [:],
    ]
    let text = #"{"a":-5,"e":{},"z":["\"quoted\" \\ \n\r\t\u0001\u001f é 😀",true,null]}"#
    #expect(json.serialized == text)
    #expect(try JSON(parsing: text) == json)
  }
}
