public import RPC

/// A service as a caller sees it that chooses the method at run time.
public struct ServiceDescription: Sendable {
  /// Such as `dropwire.ledger.v1.Ledger`.
  public let fullName: String
  public let methods: [MethodDescription]

  package init(fullName: String, methods: [MethodDescription]) {
    self.fullName = fullName
    self.methods = methods
  }

  /// Such as `Ledger`.
  public var shortName: String {
    fullName.split(separator: ".").last.map(String.init) ?? fullName
  }
}

/// A method that is called with JSON and answers with JSON.
public struct MethodDescription: Sendable {
  public let name: String
  public let isServerStreaming: Bool
  public let isIdempotent: Bool
  /// Full names of the messages.
  public let requestType: String
  public let responseType: String
  private let template: @Sendable () -> String
  private let body: Body

  private typealias Body =
    @Sendable (String, any RPCChannel, CallOptions, (String) -> Void)
    async throws -> Void

  /// A request with every field at its default, to be filled in.
  public var requestTemplate: String { template() }

  /// Calls the method, and hands over each answer as it comes.
  ///
  /// - Throws: `RPCError`, always; INVALID_ARGUMENT when the JSON is not the request.
  public func call(
    json: String, channel: any RPCChannel, options: CallOptions = CallOptions(),
    onAnswer: (String) -> Void
  ) async throws {
    try await body(json, channel, options, onAnswer)
  }

  package static func answering<Request: ContractMessage, Answer: ContractMessage>(
    _ service: String, _ name: String, _ request: Request.Type, _ answer: Answer.Type,
    isIdempotent: Bool
  ) -> MethodDescription {
    MethodDescription(name, request, answer, isServerStreaming: false, isIdempotent: isIdempotent) {
      json, channel, options, onAnswer in
      let answer: Answer = try await channel.call(
        service, name, Request.parsed(json), isIdempotent: isIdempotent, options)
      onAnswer(answer.json(pretty: true))
    }
  }

  package static func streaming<Request: ContractMessage, Answer: ContractMessage>(
    _ service: String, _ name: String, _ request: Request.Type, _ answer: Answer.Type
  ) -> MethodDescription {
    MethodDescription(name, request, answer, isServerStreaming: true, isIdempotent: false) {
      json, channel, options, onAnswer in
      let answers: AsyncThrowingStream<Answer, any Error> = channel.stream(
        service, name, try Request.parsed(json), options)
      for try await answer in answers { onAnswer(answer.json(pretty: false)) }
    }
  }

  private init(
    _ name: String, _ request: (some ContractMessage).Type, _ answer: (some ContractMessage).Type,
    isServerStreaming: Bool, isIdempotent: Bool, _ body: @escaping Body
  ) {
    self.name = name
    self.isServerStreaming = isServerStreaming
    self.isIdempotent = isIdempotent
    requestType = request.messageName
    responseType = answer.messageName
    template = { request.jsonTemplate }
    self.body = body
  }
}

extension ContractMessage {
  fileprivate static func parsed(_ json: String) throws(RPCError) -> Self {
    do { return try Self(json: json) } catch { throw error.rpcError }
  }
}
