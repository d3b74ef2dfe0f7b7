import Contract
import NIOCore
import Presentation
import RPC
import Testing

@testable import Gateway

/// Lists as files.
struct CSVFileTests {
  private static func sheet(_ entryID: String) -> Sheet {
    .statement([StatementLine(entryID: entryID, amount: .init(minorUnits: 5, currency: "USD"))])
  }

  @Test func `a file has all pages under one heading`() async throws {
    let pages = ["": ("a", "2"), "2": ("b,c", "3"), "3": ("d", "")]
    let pieces = try await CSVFile.pieces { token in
      let (entryID, next) = try #require(pages[token])
      return (Self.sheet(entryID), next)
    }
    var text = ""
    for try await piece in pieces { text += String(buffer: piece) }
    #expect(
      text == "time,entry,amount,amount currency,balance,balance currency\r\n"
        + ",a,0.05,USD,,\r\n,\"b,c\",0.05,USD,,\r\n,d,0.05,USD,,\r\n")
  }

  @Test func `a refusal is told before anything is answered`() async {
    await #expect(throws: RPCError.self) {
      _ = try await CSVFile.pieces { _ in throw RPCError(.permissionDenied, "not yours") }
    }
  }
}
