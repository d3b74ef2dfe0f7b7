import Contract
import Presentation
import RPC
import Runtime

/// The processes that serve, by the names of their sockets.
enum ServiceName: String, CaseIterable, Sendable {
  case orders, purchasing, ledger
}

/// What a verb works with: ways to the services, who acts, where lines go.
struct Session: Sendable {
  let channels: [ServiceName: any RPCChannel]
  /// Who acts, and how long to wait.
  let options: CallOptions
  let output: Output

  init(channels: [ServiceName: any RPCChannel], options: CallOptions, output: Output) {
    self.channels = channels
    self.options = options
    self.output = output
  }

  /// The services that this environment leads to.
  ///
  /// - Throws: a complaint about an environment that is wrong.
  init(_ calling: CallingOptions) throws(Complaint) {
    let environment = ClientEnvironment(services: ServiceName.allCases.map(\.rawValue))
    guard environment.problems.isEmpty else {
      throw Complaint(.usage, environment.problems.joined(separator: "\n"))
    }
    var channels: [ServiceName: any RPCChannel] = [:]
    for name in ServiceName.allCases { channels[name] = environment.channel(to: name.rawValue) }
    let actor = calling.actor ?? .operator(String(environment.userName.prefix(64)))
    self.init(
      channels: channels,
      options: CallOptions(timeout: calling.patience).acting(as: actor),
      output: .standard)
  }

  /// Options of a streamed call: it takes as long as it takes, unless a time was given.
  func streaming(_ calling: CallingOptions) -> CallOptions {
    var options = options
    if calling.timeout == nil { options.timeout = nil }
    return options
  }

  func channel(_ service: ServiceName) -> any RPCChannel {
    guard let channel = channels[service] else {
      preconditionFailure("every service has a channel")
    }
    return channel
  }

  var orders: OrdersClient { OrdersClient(channel(.orders)) }
  var purchasing: PurchasingClient { PurchasingClient(channel(.purchasing)) }
  var credentials: CredentialsClient { CredentialsClient(channel(.purchasing)) }
  var ledger: LedgerClient { LedgerClient(channel(.ledger)) }

  /// Shows an answer: as JSON for programs, or as a text for people.
  func show(_ showing: ShowingOptions, json: @autoclosure () -> String, _ text: () -> String) {
    output.line(showing.json ? json() : text())
  }

  /// Shows a list: as JSON or CSV for programs, or as a table with what follows it for people.
  func show(
    _ showing: ListingOptions, json: @autoclosure () -> String, _ sheet: Sheet,
    ifEmpty nothing: String, after: String = ""
  ) {
    if showing.csv {
      output.write(Array(sheet.csv.utf8))
    } else {
      output.line(showing.json ? json() : sheet.table(ifEmpty: nothing) + after)
    }
  }
}
