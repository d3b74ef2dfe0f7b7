import ArgumentParser
import Contract
import RPC
import Runtime

/// A word of the command line that calls services.
///
/// `run(in:)` does the work and throws what went wrong; the sentence and the exit status follow from
/// the error.
protocol Verb: AsyncParsableCommand {
  var calling: CallingOptions { get }
  func run(in session: Session) async throws
}

extension Verb {
  func run() async throws {
    let session: Session
    do throws(Complaint) {
      session = try Session(calling)
    } catch {
      Output.standard.complaint(error)
      throw ExitCode(error.status.rawValue)
    }
    try await perform(in: session)
  }

  /// Does the work; complains about what went wrong, and ends with its status.
  func perform(in session: Session) async throws(ExitCode) {
    do {
      try await run(in: session)
    } catch let status as ExitCode {
      throw status
    } catch {
      let complaint = Complaint(error)
      session.output.complaint(complaint)
      throw ExitCode(complaint.status.rawValue)
    }
  }
}

/// What every call has.
struct CallingOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who acts: operator:NAME, admin:7, reseller:42 or system.",
      discussion: "Default: operator and your user name.", valueName: "actor"),
    transform: { text in
      guard let actor = Actor(text) else {
        throw ValidationError("must be operator:NAME, admin:ID, reseller:ID or system")
      }
      return actor
    })
  var actor: Actor?

  @Option(
    help: ArgumentHelp(
      "How long to wait for an answer.",
      discussion: "Default: 30; for a streamed answer, as long as it takes.", valueName: "seconds"))
  var timeout: Int?

  /// The time for one answer.
  var patience: Duration { .seconds(timeout ?? 30) }

  func validate() throws {
    if let timeout, !(1...86_400).contains(timeout) {
      throw ValidationError("--timeout is \(timeout); it must be from 1 to 86400 seconds")
    }
  }
}

/// How an answer is shown.
struct ShowingOptions: ParsableArguments {
  @Flag(help: "Show the whole answer as JSON.") var json = false
}

/// How a list is shown.
struct ListingOptions: ParsableArguments {
  @Flag(help: "Show the whole answer as JSON.") var json = false
  @Flag(help: "Show it as CSV (RFC 4180).") var csv = false

  func validate() throws {
    if json && csv { throw ValidationError("--json and --csv exclude each other") }
  }
}

/// Which of the two worlds is meant.
struct WorldOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("sandbox or production.", valueName: "environment"),
    transform: { text in
      guard let environment = Contract.Environment(word: text) else {
        throw ValidationError("must be sandbox or production")
      }
      return environment
    })
  var environment: Contract.Environment = .sandbox
}

extension Contract.Environment {
  /// Reads `sandbox` or `production`.
  init?(word: String) {
    switch word.lowercased() {
    case "sandbox": self = .sandbox
    case "production": self = .production
    default: return nil
    }
  }
}

/// Which part of a long list.
struct PageOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Lines of a page, 1 to 500.", valueName: "lines"))
  var pageSize: Int32 = 50

  @Option(help: ArgumentHelp("Where the page before ended.", valueName: "token"))
  var pageToken = ""

  /// The line after a table that has a next page.
  static func more(_ nextPageToken: String) -> String {
    nextPageToken.isEmpty ? "" : "\nThere are more; add --page-token \(nextPageToken)"
  }
}
