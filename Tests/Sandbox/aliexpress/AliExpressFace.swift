/// The supplier's gateway: `/aliexpress/sync` for the business, `/aliexpress/rest` for tokens; and the
/// page on which its buyers consent.
///
/// Checks come in the order app, signature, method, token, parameters, limit, business. Errors are
/// answered with HTTP 200, as the supplier does; other statuses come only from an edge in trouble.
struct AliExpressFace: Sendable {
  static let sync = "/aliexpress/sync"
  static let rest = "/aliexpress/rest"

  let world: World

  func answer(_ call: Call) -> Answer {
    if call.path == ConsentPage.path { return ConsentPage(world: world).answer(call) }
    let isREST = call.path.hasPrefix(Self.rest)
    guard isREST || call.path == Self.sync else { return .badGateway(404) }
    do {
      let path = isREST ? String(call.path.dropFirst(Self.rest.count)) : ""
      let gateway = try GatewayCall(FormFields.merged(call), path: path, now: world.time)
      let request = Result { () throws(GatewayRefusal) in try AliExpressRequest(gateway) }
      return world.change { state, now in
        state.answer(gateway, request, isREST: isREST, now: now)
      }
    } catch {
      let number = world.change { state, _ in state.requestNumber() }
      return error.answer(isREST: isREST, request: number)
    }
  }
}

extension WorldState {
  /// Answers a call that is past the checks that need no state.
  mutating func answer(
    _ call: GatewayCall, _ request: Result<AliExpressRequest, GatewayRefusal>, isREST: Bool,
    now: Int64
  ) -> Answer {
    let keys = [call.method.rawValue, (try? request.get())?.key ?? ""]
    if let fault = faults.strike(AliExpressFault.edge5xx, keys) {
      return .badGateway(fault.status ?? 502)
    }
    let number = requestNumber()
    var answer: Answer
    do {
      let account = try admit(call, keys, now: now)
      answer = try serve(try request.get(), call, account, number, now: now)
    } catch {
      answer = error.answer(isREST: isREST, request: number)
    }
    if faults.isEmpty { return answer }
    if let fault = faults.strike(AliExpressFault.slow, keys) {
      answer = answer.delayed(fault.delayMilliseconds ?? 1000)
    }
    if faults.strike(AliExpressFault.answerLost, keys) != nil { return answer.delivered(.lost) }
    if faults.strike(AliExpressFault.answerCut, keys) != nil { return answer.delivered(.cut) }
    return answer
  }

  /// The account on whose behalf the call is; empty where none is needed.
  private mutating func admit(_ call: GatewayCall, _ keys: [String], now: Int64)
    throws(GatewayRefusal) -> String
  {
    var admitted = ""
    if call.method.needsToken {
      guard let token = call.accessToken else { throw .missing("access_token") }
      if faults.strike(AliExpressFault.illegalAccessToken, keys) != nil {
        throw .illegalAccessToken
      }
      guard let account = supplier.tokens.account(token, now: now) else {
        throw .illegalAccessToken
      }
      admitted = account
    }
    if faults.isEmpty { return admitted }
    if let fault = faults.strike(AliExpressFault.apiCallLimit, keys) {
      throw .apiCallLimit(seconds: fault.seconds ?? 1)
    }
    if let fault = faults.strike(AliExpressFault.appApiCallLimit, keys) {
      throw .appApiCallLimit(seconds: fault.seconds ?? 1)
    }
    if faults.strike(AliExpressFault.serviceUnavailable, keys) != nil { throw .serviceUnavailable }
    if faults.strike(AliExpressFault.ispError, keys) != nil { throw .isp }
    if let fault = faults.strike(AliExpressFault.gatewayError, keys) {
      throw GatewayRefusal(
        type: "SYSTEM", code: fault.code ?? "InternalError", message: "Internal error")
    }
    return admitted
  }

  private mutating func serve(
    _ request: AliExpressRequest, _ call: GatewayCall, _ account: String, _ number: Int64,
    now: Int64
  ) throws(GatewayRefusal) -> Answer {
    switch request {
    case .product(let id, let country):
      return .json(supplier.catalogue.productAnswer(id, to: country, request: number))
    case .freight(let query):
      return .json(supplier.catalogue.freightAnswer(query, request: number))
    case .place(let order):
      return try place(
        order, .init(appKey: call.appKey, account: account, outOrderID: order.outOrderID), number,
        now: now)
    case .order(let id):
      let order = try readable(id, account, now: now)
      let isSingle =
        faults.strike(AliExpressFault.singleObject, [call.method.rawValue, String(id)]) != nil
      return .json(order.json(at: now, isSingle: isSingle, request: number))
    case .tracking(let id):
      return .json(try readable(id, account, now: now).trackingJSON(at: now, request: number))
    case .createToken(let code):
      return .json(try supplier.tokens.create(code: code, settings.tokenLives, now: now))
    case .refreshToken(let token):
      return .json(try supplier.tokens.refresh(token, settings.tokenLives, now: now))
    }
  }

  private func readable(_ id: Int64, _ account: String, now: Int64) throws(GatewayRefusal)
    -> SupplierOrder
  {
    guard let order = supplier.orders[id], order.account == account else {
      throw .invalidAuthorization
    }
    guard now - order.placedAt >= settings.orderReadableAfter else { throw .notReadable }
    return order
  }
}
