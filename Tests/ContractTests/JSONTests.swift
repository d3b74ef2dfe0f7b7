import Contract
import Everything
import RPC
import Testing

/// The JSON that people write and read; `ReferenceTests` compare the mapping itself.
struct JSONTests {
  @Test func `a message reads as JSON with its fields in order and its defaults left out`() {
    let sale = Sale(
      orderID: "o-1", userID: 42, environment: .sandbox,
      price: .init(minorUnits: 2000, currency: "USD"), commissionRateBps: 1000,
      occurredAt: Timestamp(milliseconds: 1_790_000_000_250))
    let compact =
      #"{"orderId":"o-1","userId":"42","environment":"ENVIRONMENT_SANDBOX","#
      + #""price":{"minorUnits":"2000","currency":"USD"},"commissionRateBps":1000,"#
      + #""occurredAt":"2026-09-21T14:13:20.250Z"}"#
    #expect(sale.json() == compact)
    #expect(
      Violation(rule: "r", text: "\"\n").json(pretty: true) == """
        {
          "rule": "r",
          "text": "\\"\\n"
        }
        """)
    #expect(Violation().json(pretty: true) == "{}")
  }

  @Test(
    arguments: [
      (#"{"int32Value": "12"}"#, Everything(int32Value: 12)),
      (#"{"int32Value": 1.20e1}"#, Everything(int32Value: 12)),
      (#"{"int32Value": -0.0}"#, Everything()),
      (#"{"int64Value": 9223372036854775807}"#, Everything(int64Value: .max)),
      (#"{"int64_value": "-9223372036854775808"}"#, Everything(int64Value: .min)),
      (
        #"{"doubleValue": "1e3", "floatValue": "-Infinity"}"#,
        Everything(doubleValue: 1000, floatValue: -.infinity)
      ),
      (
        #"{"floatValue": 1e-45, "doubleValue": 5e-324}"#,
        Everything(doubleValue: .leastNonzeroMagnitude, floatValue: .leastNonzeroMagnitude)
      ),
      (
        #"{"color": 2, "colors": ["COLOR_RED", 7]}"#,
        Everything(color: .darkBlue, colors: [.red, .unrecognized(7)])
      ),
      (#"{"bytesValue": "-_8"}"#, Everything(bytesValue: [0xFB, 0xFF])),
      (#"{"bytesValue": "+/8="}"#, Everything(bytesValue: [0xFB, 0xFF])),
      (#"{"stringValue": "\ud83d\ude42\u00e9"}"#, Everything(stringValue: "🙂é")),
      (#"{"stringValue": null, "strings": null, "nested": null, "text": null}"#, Everything()),
      (#"{"number": "0"}"#, Everything(choice: .number(0))),
      (" { \"in\" : \"x\" ,\r\n\t\"default\":\"y\"} ", Everything(default: "y", in: "x")),
    ] as [(String, Everything)])
  func `JSON is read as people and other programs write it`(_ json: String, _ message: Everything)
    throws
  {
    #expect(try Everything(json: json) == message)
  }

  @Test(
    arguments: [
      (#"{"int32Value": 2147483648}"#, "int32Value", "from -2147483648 to 2147483647"),
      (#"{"int32Value": 1.5}"#, "int32Value", "is 1.5"),
      (#"{"int32Value": "1 "}"#, "int32Value", "whole number"),
      (#"{"uint32Value": -1}"#, "uint32Value", "from 0"),
      (#"{"int64Value": 1e999999999}"#, "int64Value", "whole number"),
      (#"{"floatValue": 1e39}"#, "floatValue", "a number that fits"),
      (#"{"boolValue": "true"}"#, "boolValue", "true or false"),
      (#"{"stringValue": 1}"#, "stringValue", "a string"),
      (#"{"stringValue": "\u0000"}"#, "stringValue", "NUL"),
      (#"{"bytesValue": "a"}"#, "bytesValue", "base 64"),
      (#"{"color": "RED"}"#, "color", "COLOR_RED"),
      (#"{"nested": []}"#, "nested", "an object"),
      (#"{"strings": "a"}"#, "strings", "an array"),
      (#"{"strings": ["a", null]}"#, "strings[1]", "a string"),
      (#"{"nesteds": [{}, {"others": [{"name": 1}]}]}"#, "nesteds[1].others[0].name", "a string"),
      (#"{"nested": {"nam": "a"}}"#, "nested.nam", "it has name, others, shape"),
      (#"{"int32Value": 1, "int32_value": 1}"#, "int32_value", "twice"),
      (#"{"text": "a", "number": 1}"#, "number", "text"),
      (#"{"int32Value": 01}"#, "", "a comma or }"),
      (#"{"int32Value": 1"#, "", "the JSON ends"),
      (#"{"int32Value": +1}"#, "", "not JSON"),
      ("{\n  \"a\": tru\n}", "", "line 2"),
      (#"{"stringValue": "\ud83d"}"#, "", "surrogate"),
      (#"{"stringValue": "\x"}"#, "", "an escape"),
      ("{} {}", "", "the end"), ("", "", "the JSON ends"), ("[]", "", "an object"),
      (String(repeating: "[", count: 100_000), "", "nested deeper"),
    ] as [(String, String, String)])
  func `JSON that is wrong is refused with its path and what is due`(
    _ json: String, _ path: String, _ words: String
  ) {
    do throws(ContractError) {
      _ = try Everything(json: json)
      Issue.record("taken: \(json)")
    } catch {
      #expect(error.path == path, "\(error)")
      #expect(error.problem.contains(words), "\(error)")
      #expect(error.rpcError.code == .invalidArgument)
    }
  }

  @Test func `a template has every field, and is a request itself`() throws {
    for service in ContractCatalogue.services {
      for method in service.methods {
        let request = try #require(Reference.messages[method.requestType])
        let empty = try request.init(json: method.requestTemplate)
        #expect(!method.requestTemplate.contains("null"), "\(method.requestTemplate)")
        try #expect(request.init(json: empty.json(pretty: false)).protobuf() == empty.protobuf())
      }
    }
    let capture = try #require(
      ContractCatalogue.services.flatMap(\.methods).first { $0.name == "RecordCapture" })
    let money = #"{"minorUnits":"0","currency":""}"#
    let members = [
      #""orderId":"","userId":"0","environment":"ENVIRONMENT_UNSPECIFIED""#,
      #""price":\#(money),"paymentFee":\#(money),"captureId":"""#,
      #""occurredAt":"1970-01-01T00:00:00Z""#,
    ]
    let expected = "{" + members.joined(separator: ",") + "}"
    #expect(capture.requestTemplate.filter { !" \n".contains($0) } == expected)
  }
}
