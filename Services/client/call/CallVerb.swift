import ArgumentParser
import Contract
import Presentation
import RPC

/// `dropwire call`.
struct CallVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "call", abstract: "Send any message of the contract, as JSON.",
    discussion: """
      Names may be short or full, in any case. A streamed answer is one line of JSON per message.

      EXAMPLES:
        dropwire call --list
        dropwire call Ledger
        dropwire call Orders CreateCheckout --template
        dropwire call Purchasing GetPurchase '{"orderId": "my-first"}'
        dropwire call ledger TrialBalance @request.json
        dropwire call dropwire.orders.v1.Orders ListOrders -
        dropwire call Statistics GetStatistics --at ledger
      """)

  @Argument(help: "The service.") var service: String?
  @Argument(help: "The method; without it the service's methods are listed.") var method: String?
  @Argument(help: ArgumentHelp("The message as JSON, @FILE, or - for stdin.", valueName: "json"))
  var json = "{}"
  @Option(
    help: ArgumentHelp(
      "Which process to ask: orders, purchasing or ledger. Needed for what each of them has.",
      valueName: "process"),
    transform: { text in
      guard let name = ServiceName(rawValue: text.lowercased()) else {
        throw ValidationError("must be orders, purchasing or ledger")
      }
      return name
    })
  var at: ServiceName?
  @Flag(help: "List all services and methods.") var list = false
  @Flag(help: "Print an example of the method's message instead of sending one.")
  var template = false
  @OptionGroup var calling: CallingOptions

  func validate() throws {
    if service == nil && !list {
      throw ValidationError("name a service, or use --list")
    }
    if template && method == nil {
      throw ValidationError("--template needs a service and a method")
    }
  }

  func run(in session: Session) async throws {
    let names = MethodName()
    guard let service, !list else {
      session.output.line(Self.listing(names.services))
      return
    }
    let description = try names.service(service)
    guard let method else {
      session.output.line(Self.listing([description]))
      return
    }
    let called = try names.method(method, of: description)
    guard !template else {
      session.output.line(called.requestTemplate)
      return
    }
    let options = called.isServerStreaming ? session.streaming(calling) : session.options
    try await called.call(
      json: try message(), channel: session.channel(try process(of: description)),
      options: options, onAnswer: { session.output.line($0) })
  }

  private func message() throws(Complaint) -> String {
    if json == "-" { return try Typed.file("-") }
    return json.hasPrefix("@") ? try Typed.file(String(json.dropFirst())) : json
  }

  /// The process that serves a service: the one that was named, or the last part of its package
  /// before the version.
  private func process(of service: ServiceDescription) throws(Complaint) -> ServiceName {
    if let at { return at }
    let parts = service.fullName.split(separator: ".")
    guard parts.count > 1, let name = ServiceName(rawValue: String(parts[1])) else {
      throw Complaint(
        .usage,
        "every process has \(service.shortName); say which, such as --at orders")
    }
    return name
  }

  static func listing(_ services: [ServiceDescription]) -> String {
    services.map { service in
      var table = Table([.left("method"), .left("takes"), .left("answers")])
      for method in service.methods {
        let stream = method.isServerStreaming ? "stream of " : ""
        table.add([method.name, method.requestType, stream + method.responseType])
      }
      return "\(service.fullName)\n" + table.text(ifEmpty: "no methods")
    }.joined(separator: "\n\n")
  }
}
