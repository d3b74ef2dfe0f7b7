import Testing

/// Every rule finds what it is for, and leaves alone what is well.
@Suite struct RuleTests {
  private typealias CodeRule = (String, SwiftCode) -> [Finding]

  private func check(
    _ rule: CodeRule, in path: String = "Services/ledger/Example.swift", finds bad: [String],
    leaves good: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for text in bad {
      #expect(rule(path, SwiftCode(text)).count == 1, "\(text)", sourceLocation: sourceLocation)
    }
    for text in good {
      #expect(rule(path, SwiftCode(text)) == [], "\(text)", sourceLocation: sourceLocation)
    }
  }

  private func check(
    _ rule: (SourceFile) -> [Finding], finds bad: [String], leaves good: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for text in bad {
      #expect(rule(.init("a", text)).count == 1, "\(text)", sourceLocation: sourceLocation)
    }
    for text in good {
      #expect(rule(.init("a", text)) == [], "\(text)", sourceLocation: sourceLocation)
    }
  }

  @Test func `comments, texts and raw identifiers are blanked, lines stay`() {
    let code = SwiftCode(
      ##"""
      let a = "x! \(b("y!")) z!" // try!
      /* one! /* two
      three! */ let c = #"raw " \( ! "# + """
        many! " lines!
        """
      func `is it!`() {}
      """##)
    #expect(code.lines.count == 6)
    #expect(code.lines[0].hasPrefix("let a = "))
    #expect(!code.lines.joined().contains("!"))
    #expect(code.lines[2].contains("let c ="))
    #expect(code.lines[5].contains("func "))
    #expect(code.comments[0]?.contains("try!") == true)
  }

  @Test func `a stranger at the top level is found`() {
    #expect(LayoutRules.strangers(atTopLevel: ["Package.swift", ".git", "scripts"]) == ["scripts"])
    #expect(LayoutRules.strangers(atTopLevel: Array(LayoutRules.topLevel)) == [])
  }

  @Test func `a vague folder is found, a package of the contract is not`() {
    let files = ["Shared/Helpers/A.swift", "Proto/dropwire/common/v1/common.proto", "Shared/RPC/A"]
    #expect(
      LayoutRules.vagueFolders(files.map { SourceFile($0, "") }).map(\.path) == [files[0]])
  }

  @Test func `prose outside of a README is found`() {
    let files = ["Shared/NOTES.md", "Shared/README.md", "compose/up"]
    #expect(LayoutRules.strayProse(files.map { SourceFile($0, "") }).map(\.path) == [files[0]])
  }

  @Test func `a forbidden import is found`() {
    check(
      ImportRules.forbidden,
      finds: ["import GRDB", "public import NIOCore", "@testable import Orders"],
      leaves: ["import Store", "public import Contract", "import Foundation", "// import GRDB"])
    check(
      ImportRules.forbidden, in: "Shared/Money/A.swift", finds: ["import Contract"],
      leaves: ["import Foundation"])
    check(
      ImportRules.forbidden, in: "Services/client/A.swift", finds: ["import Store"],
      leaves: ["import ArgumentParser"])
    let code = SwiftCode("import CNGHTTP2")
    #expect(ImportRules.codecUsers([(.init("Shared/RPC/A.swift", ""), code)]).count == 1)
    #expect(
      ImportRules.codecUsers([(.init("Shared/RPC/HTTP2Session.swift", ""), code)]).isEmpty)
  }

  @Test func `a reader of the environment is found`() {
    check(
      ImportRules.environmentReaders,
      finds: ["let home = ProcessInfo.processInfo.environment[\"HOME\"]", "getenv(name)"],
      leaves: ["let environment = request.environment", "ProcessInfo.processInfo.processName"])
    check(
      ImportRules.environmentReaders, in: "Shared/Runtime/A.swift", finds: [],
      leaves: ["ProcessInfo.processInfo.environment"])
  }

  @Test func `a leaf that calls a service is found`() {
    check(
      ImportRules.callingLeaves, finds: ["let orders = OrdersClient(channel)"],
      leaves: ["let payPal: PayPalClient"])
    check(
      ImportRules.callingLeaves, in: "Services/orders/A.swift", finds: [],
      leaves: ["let ledger = LedgerClient(channel)"])
  }

  @Test func `a long file is found`() {
    let line = "let a = 1\n"
    check(
      SizeRules.longFile, finds: [String(repeating: line, count: 301)],
      leaves: [String(repeating: line, count: 300)])
    #expect(SizeRules.median([9, 1, 5]) == 5)
  }

  @Test func `a long function is found`() {
    func body(_ count: Int) -> String {
      "{\n" + String(repeating: "  work { a }\n", count: count - 2) + "}\n"
    }
    check(
      SizeRules.longFunctions,
      finds: [
        "func a() " + body(51), "init?(a: Int) " + body(51),
        "func a(\n  b: Int = { 1 }()\n)\n  -> Int\n" + body(51),
      ],
      leaves: [
        "func a() " + body(50),
        "protocol P {\n  func a()\n" + String(repeating: "\n", count: 60) + "}",
        "extension A " + body(80), "let a = A.init(b: 1)\nextension A " + body(80),
      ])
  }

  @Test func `a type with a vague name is found`() {
    check(
      WordRules.vagueTypes, finds: ["struct PayoutManager {", "final class URLHelper {"],
      leaves: ["struct Payout {", "import struct Foundation.Data", "let data: Data"])
    check(
      WordRules.typesNamedAsTheirModule, finds: ["struct Ledger {"],
      leaves: ["struct LedgerService {", "  enum Ledger {"])
  }

  @Test func `a method with a vague verb is found`() {
    check(
      WordRules.vagueMethods, finds: ["  rpc ProcessOrder(A) returns (B);", "rpc DoIt(A)"],
      leaves: ["  rpc CaptureOrder(A) returns (B);", "rpc Download(A)"])
  }

  @Test func `a mark of unfinished work is found`() {
    check(WordRules.unfinished, finds: ["// TO" + "DO: later"], leaves: ["// to do this well"])
  }

  @Test func `the address of a registry is found`() {
    check(
      WordRules.registries, finds: ["pip install -i https://pypi" + ".org/simple x"],
      leaves: ["pip install grpcio"])
  }

  @Test func `a varying log message is found`() {
    check(
      WordRules.varyingLogMessages,
      finds: ["logger.info(\"order \\(id) is paid\")", "context.logger.error(\"\\(error)\")"],
      leaves: ["logger.info(\"order paid\", metadata: [\"order\": \"\\(id)\"])"])
  }

  @Test func `binary floating point near money is found`() {
    check(
      SafetyRules.floatingPoint,
      finds: ["let price: Double = 1", "Float(a)", "Double.random(in: a)"],
      leaves: ["let isDoubled = true", "/// A Double would round."])
    check(
      SafetyRules.floatingPoint, in: "Tests/Bench/A.swift", finds: [], leaves: ["let a: Double"])
  }

  @Test func `what is forced is found`() {
    check(
      SafetyRules.forced, finds: ["try! work()", "a as! B", "let b = a!", "a[0]!.b", "f()!"],
      leaves: ["a != b", "!a", "a && !b", "\"done!\"", "// no!", "a! = b".replacing("!", with: "")])
  }

  @Test func `a promise without its reason is found`() {
    let promise = "final class A: @unchecked Sendable {}"
    check(
      SafetyRules.baselessPromises, finds: [promise, "// Fast.\n" + promise],
      leaves: ["// All of its state is behind the lock.\n" + promise])
  }

  @Test func `a test that sleeps is found`() {
    check(
      SafetyRules.sleeps, in: "Tests/LedgerTests/A.swift",
      finds: ["try await Task.sleep(for: .seconds(1))", "usleep(10)"],
      leaves: [
        "await eventually()", "// The supplier is slow to answer.\nsleep(1)",
        "Task.sleep(for: .seconds(600))",
      ])
    check(
      SafetyRules.sleeps, in: "Tests/Support/Eventually.swift", finds: [],
      leaves: ["try await Task.sleep(for: pause)"])
  }

  @Test func `a test without a sentence is found`() {
    #expect(SafetyRules.namelessTests("a", "@Te" + "st func works() {}").count == 1)
    #expect(SafetyRules.namelessTests("a", "@Test func `it works`() {}").isEmpty)
  }
}
