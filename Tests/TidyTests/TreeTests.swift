import Foundation
import Testing

/// The rules of the house over the whole source tree.
@Suite struct TreeTests {
  private func expectNone(
    _ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for finding in findings {
      Issue.record("\(finding)", sourceLocation: sourceLocation)
    }
  }

  private func eachCode(_ rule: (String, SwiftCode) -> [Finding]) -> [Finding] {
    SourceTree.code.flatMap { rule($0.file.path, $0.code) }
  }

  @Test func `the tree is found`() {
    #expect(SourceTree.swiftFiles.count > 100)
    #expect(SourceTree.files.contains { $0.path == "Package.swift" })
  }

  @Test func `the top level is fixed`() {
    #expect(LayoutRules.strangers(atTopLevel: SourceTree.topLevel) == [])
  }

  @Test func `folders are named by words of the domain`() {
    expectNone(LayoutRules.vagueFolders(SourceTree.files))
  }

  @Test func `prose is in README files only`() {
    expectNone(LayoutRules.strayProse(SourceTree.files))
  }

  @Test func `modules import what they may`() {
    expectNone(eachCode(ImportRules.forbidden))
    expectNone(ImportRules.codecUsers(SourceTree.code))
  }

  @Test func `only Runtime reads environment variables`() {
    expectNone(eachCode(ImportRules.environmentReaders))
  }

  @Test func `purchasing and ledger call no service`() {
    expectNone(eachCode(ImportRules.callingLeaves))
  }

  @Test func `files are short`() {
    expectNone(SourceTree.swiftFiles.flatMap(SizeRules.longFile))
    let median = SizeRules.median(SourceTree.swiftFiles.map { SizeRules.lines($0.text) })
    #expect(median <= SizeRules.medianLinesMax)
  }

  @Test func `functions are short`() {
    expectNone(eachCode(SizeRules.longFunctions))
  }

  @Test func `types have names that say what they are`() {
    expectNone(eachCode(WordRules.vagueTypes))
    expectNone(eachCode(WordRules.typesNamedAsTheirModule))
  }

  @Test func `methods of the contract have verbs of the domain`() {
    expectNone(
      SourceTree.files.filter { $0.path.hasSuffix(".proto") }.flatMap(WordRules.vagueMethods))
  }

  @Test func `nothing is marked as unfinished`() {
    expectNone(SourceTree.files.filter { !$0.isGenerated }.flatMap(WordRules.unfinished))
  }

  @Test func `no address of a package registry is in the tree`() {
    expectNone(SourceTree.files.flatMap(WordRules.registries))
  }

  @Test func `log messages are static`() {
    expectNone(SourceTree.swiftFiles.flatMap(WordRules.varyingLogMessages))
  }

  @Test func `no binary floating point is near money`() {
    expectNone(eachCode(SafetyRules.floatingPoint))
  }

  @Test func `nothing that may fail is forced`() {
    expectNone(eachCode(SafetyRules.forced))
  }

  @Test func `promises to the compiler have their reason`() {
    expectNone(eachCode(SafetyRules.baselessPromises))
  }

  @Test func `tests do not sleep`() {
    expectNone(eachCode(SafetyRules.sleeps))
  }

  @Test func `tests are named by sentences`() {
    expectNone(SourceTree.swiftFiles.flatMap { SafetyRules.namelessTests($0.path, $0.text) })
  }

  @Test func `the resolved versions are not committed`() throws {
    let ignored = try String(
      contentsOf: SourceTree.root.appendingPathComponent(".gitignore"), encoding: .utf8)
    #expect(ignored.split(separator: "\n").contains("Package.resolved"))
    let tracked = try Tool.run("git", ["ls-files", "--", "Package.resolved"])
    if tracked.status == 0 { #expect(tracked.output == "") }
  }

  @Test func `the formatter has nothing to change`() throws {
    let paths = SourceTree.swiftFiles.map(\.path).filter { $0 != "Package.swift" }
    let lint = try Tool.run("swift", ["format", "lint", "--strict", "--parallel"] + paths)
    #expect(lint.status == 0, "\(lint.output.prefix(4000))")
  }
}
