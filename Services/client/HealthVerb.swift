import ArgumentParser
import Presentation
import RPC

/// `dropwire health`.
struct HealthVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Ask the three services whether they serve.",
    discussion: """
      Ends with 69 when one of them does not.

      EXAMPLES:
        dropwire health
        dropwire health --wait 10
      """)

  @Option(help: ArgumentHelp("Wait until all serve, at most so long.", valueName: "seconds"))
  var wait = 0
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  private static let pause = Duration.milliseconds(100)
  /// A healthy service answers at once; one that does not is not healthy.
  private static let timeout = Duration.seconds(2)

  func validate() throws {
    guard (0...3600).contains(wait) else {
      throw ValidationError("--wait is \(wait); it must be from 0 to 3600 seconds")
    }
  }

  func run(in session: Session) async throws {
    let deadline = ContinuousClock.now + .seconds(wait)
    var findings = await Self.ask(session)
    while findings.contains(where: { $0.text != nil }) && ContinuousClock.now < deadline {
      try await Task.sleep(for: Self.pause)
      findings = await Self.ask(session)
    }
    session.show(showing, json: Self.json(findings)) {
      var table = Table([.left("service"), .left("status"), .left("why")])
      for finding in findings {
        table.add([
          finding.service.rawValue, finding.text == nil ? "serving" : "not serving",
          finding.text ?? "",
        ])
      }
      return table.text(ifEmpty: "")
    }
    if findings.contains(where: { $0.text != nil }) {
      throw ExitCode(ExitStatus.unavailable.rawValue)
    }
  }

  /// Why a service does not serve; nil when it does.
  private typealias Finding = (service: ServiceName, text: String?)

  private static func ask(_ session: Session) async -> [Finding] {
    var findings: [Finding] = []
    var options = session.options
    options.timeout = min(options.timeout ?? timeout, timeout)
    for service in ServiceName.allCases {
      do {
        let status = try await session.channel(service).checkHealth(options: options)
        findings.append((service, status == .serving ? nil : "it is starting or stopping"))
      } catch {
        findings.append((service, Complaint(error).text))
      }
    }
    return findings
  }

  private static func json(_ findings: [Finding]) -> String {
    let members = findings.map {
      "\"\($0.service.rawValue)\": \"\($0.text == nil ? "SERVING" : "NOT_SERVING")\""
    }
    return "{\(members.joined(separator: ", "))}"
  }
}
