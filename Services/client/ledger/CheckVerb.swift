import ArgumentParser
import Contract
import Presentation

/// `dropwire check`.
struct CheckVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Show what does not add up.",
    discussion: """
      Of the ledger: what its background check has found, and every rule checked now. Of orders: \
      whether each captured payment and each sale is in the ledger as orders knows it, and nothing \
      else. Without a service, both. Ends with 1 when something does not add up.

      EXAMPLES:
        dropwire check
        dropwire check ledger --kept-only
        dropwire check orders --json
      """)

  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case ledger, orders
  }

  @Argument(help: "ledger or orders; both when it is left out.") var service: Subject?
  @Flag(help: "Of the ledger only what its background check has found.") var keptOnly = false
  @OptionGroup var showing: ListingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    var answer = CheckInvariantsResponse()
    if service != .orders {
      answer = try await session.ledger.checkInvariants(
        CheckInvariantsRequest(keptOnly: keptOnly), options: session.options)
    }
    if service != .ledger {
      answer.violations += try await BookComparison(session: session).violations()
    }
    var sheet = Sheet([
      ("rule", .text), ("subject", .text), ("finding", .text), ("found at", .time),
    ])
    for violation in answer.violations {
      sheet.add([
        .text(violation.rule), .text(violation.subject), .text(violation.text),
        .time(violation.foundAt),
      ])
    }
    session.show(
      showing, json: answer.json(pretty: true), sheet, ifEmpty: "everything adds up",
      after: "")
    if !answer.violations.isEmpty { throw ExitCode(ExitStatus.badNews.rawValue) }
  }
}
