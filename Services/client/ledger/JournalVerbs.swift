import ArgumentParser
import Contract
import Presentation

/// `dropwire export`.
struct ExportVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print the journal for another program.",
    discussion: """
      EXAMPLES:
        dropwire export beancount > books.beancount
        dropwire export hledger --environment production > books.journal
        dropwire export csv --order my-first
        dropwire export json-lines
      """)

  @Argument(help: "beancount, hledger, csv or json-lines.") var format: String
  @Option(help: "Only this order's entries.") var order = ""
  @OptionGroup var world: WorldOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let format = try Typed.word(
      self.format, option: "the format", of: JournalFormat.allKnown.map { ($0, $0.shortName) })
    let pieces = session.ledger.exportJournal(
      ExportJournalRequest(
        format: format ?? .unspecified, environment: world.environment, orderID: order),
      options: session.options)
    for try await piece in pieces {
      session.output.write(piece.text)
    }
  }
}

/// `dropwire verify`.
struct VerifyVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every hash of the journal.",
    discussion: """
      Ends with 1 when the journal was changed. A head that was noted earlier also shows a missing \
      end.

      EXAMPLES:
        dropwire verify
        dropwire verify \
      --head 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      """)

  @Option(
    help: ArgumentHelp("A head that was noted earlier, hexadecimal.", valueName: "hash"),
    transform: { text in
      guard let bytes = VerifyVerb.bytes(hex: text) else {
        throw ValidationError("must be hexadecimal, two digits for each byte")
      }
      return bytes
    })
  var head: [UInt8]?
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.ledger.verifyJournal(
      VerifyJournalRequest(expectedHead: head ?? []), options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      let verdict =
        answer.isValid
        ? "the journal is whole"
        : "THE JOURNAL WAS CHANGED; the first bad entry is \(answer.firstBadEntryID)"
      let entries = answer.entries == 1 ? "1 entry" : "\(answer.entries) entries"
      return Shown.line("\(verdict): \(entries), head \(Shown.hex(answer.headHash))")
    }
    if !answer.isValid { throw ExitCode(ExitStatus.badNews.rawValue) }
  }

  /// Two hexadecimal digits for each byte.
  static func bytes(hex text: String) -> [UInt8]? {
    let digits = text.compactMap(\.hexDigitValue).map { UInt8($0) }
    guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
