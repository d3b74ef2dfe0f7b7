import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import RPC
import Runtime

/// The gateway's HTTP side: finds the route, knows the person, bounds the request, answers.
struct Door: HTTPResponder {
  struct Context: InitializableFromSource {
    /// Where the request comes from.
    var address: String

    init(source: ApplicationRequestContextSource) {
      address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
  }

  let table: RouteTable
  let parts: DoorParts
  let limits: DoorLimits
  let rates: RateLimits
  let security: SecurityHeaders

  func respond(to request: Request, context: Context) async throws -> Response {
    let trail = Trail(request.headers)
    var context = context
    context.address = ForwardedAddress.client(
      request.headers, peer: context.address, proxies: limits.proxies)
    var response: Response
    do {
      response = try await answer(request, context, trail)
    } catch {
      let problem = Problem(error)
      log(problem, error, request, trail)
      response =
        Console.isPage(request.uri.path)
        ? Console.response(to: error, problem, request, parts, trail.requestID)
        : problem.response(trail.requestID)
    }
    security.add(to: &response.headers, trail.requestID)
    return request.method == .head ? response.createHeadResponse() : response
  }

  private func answer(_ request: Request, _ context: Context, _ trail: Trail) async throws
    -> Response
  {
    let path = request.uri.path
    // What answers GET answers HEAD, without a body.
    let verb = request.method == .head ? "GET" : request.method.rawValue
    switch table.find(verb, path) {
    case .nothing: throw DoorError.noSuchPage(path: String(path.prefix(200)))
    case .otherVerb(let allowed):
      throw DoorError.otherVerb(path: String(path.prefix(200)), allowed: allowed)
    case .route(let route, let parameters):
      return try await parts.figures.counting(route.name) {
        try await call(route, parameters, request, context, trail)
      }
    }
  }

  private func call(
    _ route: Route, _ parameters: [String: String], _ request: Request, _ context: Context,
    _ trail: Trail
  ) async throws -> Response {
    let session: Session?
    let person: Actor?
    do {
      session = try self.session(route, request.headers)
      if let session {
        person = session.actor
      } else {
        person = try await self.person(route, request.headers)
      }
    } catch {
      try rates.take(context.address)
      throw error
    }
    // Providers come from where strangers do, behind a proxy; these must not use up their share.
    let stranger = route.body == .raw ? "\(context.address) \(route.name)" : context.address
    try rates.take(person?.description ?? stranger)
    let query = try Query(request.uri.query ?? "", route.query)
    let body = try await body(request, route.body)
    var options = trail.options(timeout: limits.answerTimeout)
    if let person { options = options.acting(as: person) }
    var call = RouteCall(
      route: route, door: parts, person: person, options: options, path: parameters,
      query: query, headers: request.headers, body: body, session: session)
    if route.body == .form {
      call.form = try Form(body)
      try FormOrigin(publicURL: parts.publicURL).check(request, call.form, session)
    }
    return try await route.respond(call)
  }

  /// The session of a page; nil where the route needs none and there is none.
  private func session(_ route: Route, _ headers: HTTPFields) throws(DoorError) -> Session? {
    guard Console.isPage(route.path) else { return nil }
    let session = parts.sessions.session(headers[.cookie] ?? "")
    if session == nil, route.audience == .session { throw .notSignedIn }
    return session
  }

  private func person(_ route: Route, _ headers: HTTPFields) async throws(RPCError) -> Actor? {
    let person = try await person(headers)
    guard route.audience == .everyone || person != nil else {
      throw RPCError(
        .unauthenticated, "a token is needed: Authorization: Bearer ...",
        reason: ErrorReason(code: "NO_TOKEN"))
    }
    return person
  }

  /// The person whom the request's token names; nil without a token.
  private func person(_ headers: HTTPFields) async throws(RPCError) -> Actor? {
    guard let authorization = headers[.authorization] else { return nil }
    let words = authorization.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw RPCError(
        .unauthenticated, "the authorization must be Bearer and a token",
        reason: ErrorReason(code: "NO_TOKEN"))
    }
    return try await parts.tokens.person(String(words[1]))
  }

  private func body(_ request: Request, _ expected: Route.Body) async throws -> [UInt8] {
    switch expected {
    case .none: return []
    case .json: return try await read(request, as: "application/json")
    case .form: return try await read(request, as: "application/x-www-form-urlencoded")
    case .raw: return try await read(request)
    }
  }

  private func read(_ request: Request, as type: String) async throws -> [UInt8] {
    let given = request.headers[.contentType] ?? ""
    let essence = given.split(separator: ";").first ?? ""
    let bytes = try await read(request)
    guard bytes.isEmpty || essence.trimming(while: { $0 == " " }).lowercased() == type else {
      throw DoorError.otherMediaType(given: String(given.prefix(100)), due: type)
    }
    return bytes
  }

  /// The whole body, of a bounded size and in a bounded time.
  private func read(_ request: Request) async throws -> [UInt8] {
    let (bytesMax, seconds) = (limits.bodyBytesMax, limits.bodySeconds)
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    guard announced ?? 0 <= bytesMax else { throw DoorError.tooLarge(bytesMax: bytesMax) }
    return try await withThrowingTaskGroup(of: [UInt8].self) { group in
      group.addTask {
        do {
          let buffer = try await request.body.collect(upTo: bytesMax)
          // A client that went away has not asked for anything.
          guard announced ?? buffer.readableBytes == buffer.readableBytes else {
            throw DoorError.malformed
          }
          return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
          throw DoorError.tooLarge(bytesMax: bytesMax)
        }
      }
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw DoorError.tooSlow(seconds: seconds)
      }
      defer { group.cancelAll() }
      return try await group.next() ?? []
    }
  }

  private func log(_ problem: Problem, _ error: any Error, _ request: Request, _ trail: Trail) {
    let level: Logger.Level = problem.status == 500 ? .error : .debug
    parts.logger.log(
      level: level, "request refused",
      metadata: [
        "request": .string(trail.requestID), "method": .string(request.method.rawValue),
        "path": .string(String(request.uri.path.prefix(200))), "status": "\(problem.status)",
        "code": .string(problem.code), "reason": .string(problem.reason),
        "error": .string(problem.status == 500 ? String("\(error)".prefix(500)) : ""),
      ])
  }
}

extension Substring {
  fileprivate func trimming(while isOuter: (Character) -> Bool) -> Substring {
    var text = drop(while: isOuter)
    while let last = text.last, isOuter(last) { text.removeLast() }
    return text
  }
}
