import Foundation
import Support
import Testing

/// The fault run of `compose/chaos`, small: faults and kills for 25 seconds, and as long again to
/// settle; on a machine with other things to do, more. What goes wrong with which order is the same
/// in every run; other seeds are for `compose/chaos`.
@Suite(.serialized) struct ChaosTests {
  @Test func `two hundred orders under all faults and kills are each once, and none is silent`()
    throws
  {
    let (status, text) = try Program.output(
      of: "\(Program.binaries)/chaos",
      ["--orders", "200", "--lanes", "16", "--seconds", "25", "--settle", "150", "--seed", "1"],
      ProcessInfo.processInfo.environment)
    #expect(status == 0, "\(text)")
    #expect(text.contains("200 orders sold"))
    #expect(text.contains("faults and kills by the stage of the orders that they hit"))
    #expect(text.contains("nothing lost, nothing twice, nothing silent"))
  }

  @Test func `a seed repeats the choice of faults`() throws {
    func plan(_ seed: String) throws -> String {
      let (status, text) = try Program.output(
        of: "\(Program.binaries)/chaos", ["--orders", "50", "--seed", seed, "--plan"], [:])
      #expect(status == 0, "\(text)")
      return text
    }
    let first = try plan("7")
    #expect(first.split(separator: "\n").count == 51)
    #expect(try plan("7") == first)
    #expect(
      try plan("8").split(separator: "\n").dropFirst() != first.split(separator: "\n").dropFirst())
  }
}
