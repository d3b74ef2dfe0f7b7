import ArgumentParser
import Contract
import RPC
import Runtime

/// `dropwire stats`.
struct StatsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "stats", abstract: "Show what the services have counted: calls, errors, times.",
    discussion: """
      Everything is counted from the start of each process. With --watch each look after the first \
      shows the calls of a second, and the times, since the look before. Ends with 69 when a \
      service does not answer.

      EXAMPLES:
        dropwire stats
        dropwire stats orders --watch
        dropwire stats --watch 5
        dropwire stats ledger --json
        dropwire stats --prometheus
      """)

  @Argument(
    help: ArgumentHelp("orders, purchasing or ledger; all when none is named."),
    transform: { text in
      guard let name = ServiceName(rawValue: text.lowercased()) else {
        throw ValidationError("\"\(text)\" is no service; it must be orders, purchasing or ledger")
      }
      return name
    })
  var service: ServiceName?
  @Option(
    defaultAsFlag: 2,
    help: ArgumentHelp("Look again every so often, until interrupted.", valueName: "seconds"))
  var watch: Int?
  @Flag(help: "Print in Prometheus' text format.") var prometheus = false
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  /// A service that is well answers at once.
  private static let timeout = Duration.seconds(2)

  func validate() throws {
    if let watch, !(1...3600).contains(watch) {
      throw ValidationError("--watch is \(watch); it must be from 1 to 3600 seconds")
    }
    if prometheus && (showing.json || watch != nil) {
      throw ValidationError("--prometheus is one look in one format; leave out --json and --watch")
    }
  }

  func run(in session: Session) async throws {
    var earlier: [ServiceName: StatsLook] = [:]
    while true {
      let looks = await look(session)
      show(looks, since: earlier, session)
      guard let watch else { return try complain(of: looks, session) }
      earlier = Dictionary(uniqueKeysWithValues: looks.map { ($0.service, $0) })
      // Whoever interrupts it has seen enough.
      guard (try? await Task.sleep(for: .seconds(watch))) != nil else { return }
    }
  }

  private func show(
    _ looks: [StatsLook], since earlier: [ServiceName: StatsLook], _ session: Session
  ) {
    if prometheus {
      session.output.write(Array(Self.prometheus(looks).utf8))
    } else if showing.json {
      session.output.line(json(looks))
    } else {
      let pages = looks.map { StatsPage(look: $0, earlier: earlier[$0.service]).text }
      let text = pages.joined(separator: "\n\n")
      if watch == nil { session.output.line(text) } else { session.output.screen(text) }
    }
  }

  private static func prometheus(_ looks: [StatsLook]) -> String {
    var text = PrometheusText()
    for look in looks {
      switch look.answer {
      case .success(let statistics): text.add(look.service.rawValue, statistics)
      case .failure: text.addSilent(look.service.rawValue)
      }
    }
    return text.text
  }

  /// The answer of the service that was named, or an object of all by their names; null for one that
  /// does not answer. A watch is a line per look.
  private func json(_ looks: [StatsLook]) -> String {
    let values = looks.map { look in
      switch look.answer {
      case .success(let statistics): statistics.json(pretty: watch == nil)
      case .failure: "null"
      }
    }
    if service != nil { return values.joined() }
    let members = zip(looks, values).map { "\"\($0.service.rawValue)\": \($1)" }
    return "{\(members.joined(separator: watch == nil ? ",\n" : ", "))}"
  }

  private func complain(of looks: [StatsLook], _ session: Session) throws {
    let complaints = looks.compactMap { look in
      if case .failure(let complaint) = look.answer { complaint } else { nil }
    }
    guard let first = complaints.first else { return }
    for complaint in complaints { session.output.complaint(complaint) }
    throw ExitCode(first.status.rawValue)
  }

  private func look(_ session: Session) async -> [StatsLook] {
    var options = session.options
    options.timeout = min(options.timeout ?? Self.timeout, Self.timeout)
    let services = service.map { [$0] } ?? ServiceName.allCases
    var looks: [StatsLook] = []
    for service in services {
      let client = StatisticsClient(session.channel(service))
      do {
        let statistics = try await client.getStatistics(.init(), options: options)
        looks.append(StatsLook(service: service, answer: .success(statistics)))
      } catch {
        looks.append(StatsLook(service: service, answer: .failure(Complaint(error))))
      }
    }
    return looks
  }
}
