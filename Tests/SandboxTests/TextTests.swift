import Testing

@testable import Sandbox

/// Reading and writing of JSON, forms and times.
@Suite struct TextTests {
  @Test(arguments: [
    #"{"a":[1,-2.50,true,null],"b":{"c":"é\"\\"}}"#, "[]", #""x""#, "8198352049851315",
  ])
  func `what is read is written again`(_ text: String) throws {
    #expect(String(decoding: try JSON(reading: text).bytes, as: UTF8.self) == text)
  }

  @Test func `escapes are read, controls are escaped`() throws {
    #expect(try JSON(reading: #""\u00e9\ud83d\ude00\n""#) == "é😀\n")
    #expect(String(decoding: JSON.string("a\nb").bytes, as: UTF8.self) == #""a\u000ab""#)
  }

  @Test(arguments: ["", "{", "[1,]", #"{"a" 1}"#, "01x", "tru", "1 2", #""\ud83d""#, "\"\n\""])
  func `what is not JSON is refused`(_ text: String) {
    #expect(throws: JSONMalformed.self) { try JSON(reading: text) }
  }

  @Test func `nesting has a limit`() {
    let text = String(repeating: "[", count: 100_000)
    #expect(throws: JSONMalformed.self) { try JSON(reading: text) }
  }

  @Test func `a form is decoded`() {
    var fields: [String: String] = [:]
    FormFields.read("a=1+2%2B3&b=%C3%A9&c&d=x=y".utf8, into: &fields)
    #expect(fields == ["a": "1 2+3", "b": "é", "c": "", "d": "x=y"])
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_700_000_000_000, "2023-11-14T22:13:20Z"),
    (951_782_399_000, "2000-02-28T23:59:59Z"), (951_782_400_000, "2000-02-29T00:00:00Z"),
    (4_102_444_800_000, "2100-01-01T00:00:00Z"),
  ])
  func `a moment is written and read`(_ milliseconds: Int64, _ text: String) {
    #expect(Moment(milliseconds: milliseconds).text == text)
    #expect(Moment(text: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: ["", "2023-11-14 22:13:20", "2023-11-14T22:13:20+", "x023-11-14T22:13:20Z"])
  func `what is no moment is not read`(_ text: String) {
    #expect(Moment(text: text) == nil)
  }
}
