import Money

/// The interface through which tests and people ask for the truth and make the world misbehave. The
/// services never use it.
struct ControlFace: Sendable {
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  static let routes = [
    "GET /control: this list, the settings and the faults",
    "GET /control/truth?order=PREFIX: captures, payouts and supplier orders; prefix optional",
    "GET, POST /control/settings: {\"NAME\": value, ...}",
    "GET, POST, DELETE /control/faults: {\"name\", \"times\", \"probability\", \"match\", extras}",
    "GET /control/strikes: every fault that happened: its name, the call's keys, when",
    "POST /control/paypal/approve: {\"order_id\"}",
    "POST /control/paypal/capture: {\"capture_id\", \"status\": COMPLETED | DECLINED}; one held",
    "POST /control/paypal/refund: {\"capture_id\", \"reversed\"}; as if by hand, all that is left",
    "POST /control/paypal/payout: {\"sender_item_id\", \"status\": such as RETURNED}",
    "POST /control/paypal/transaction: {\"amount\", \"event_code\"} or {\"hide\": id}: in the list",
    "POST /control/aliexpress/sku: {\"sku_id\", \"price\", \"stock\"}",
    "POST /control/aliexpress/order: {\"order_id\", \"event\": pay | ship | finish | cancel}",
    "POST /control/aliexpress/token: {\"access_token\", \"account\", \"expires_in\"}",
    "POST /control/aliexpress/code: {\"account\"}; answers a code for /auth/token/create",
    "POST /control/aliexpress/revoke: {\"account\"}: it withdraws its consent, all tokens end",
    "DELETE /control/shop/challenge: the shop no longer asks whether its visitor is a person",
    "GET /control/notices?order=PREFIX: what the providers told by themselves, or try to",
    "GET /control/notices/sent?id=ID: one as it was sent last: url, headers, body",
    "GET /control/notices/root: the certificate that PayPal's signatures lead to, in PEM",
  ]

  let world: World

  func answer(_ call: Call) -> Answer {
    do {
      switch (call.verb, call.path) {
      case (.get, "/control"), (.get, ""): return .json(Self.guide)
      case (.get, "/control/truth"): return truth(call)
      case (.get, "/control/settings"):
        return .json(world.change { state, _ in state.settings.json })
      case (.post, "/control/settings"): return .json(try setSettings(Self.object(call)))
      case (.get, "/control/faults"): return .json(world.change { state, _ in state.faults.json })
      case (.post, "/control/faults"): return .json(try addFault(Self.object(call)))
      case (.get, "/control/strikes"):
        return .json(world.change { state, _ in state.faults }.strikesJSON)
      case (.delete, "/control/faults"):
        world.change { state, _ in state.faults.removeAll() }
        return Answer(status: 204, body: .none)
      case (.post, "/control/paypal/approve"): return .json(try approve(Self.object(call)))
      case (.post, "/control/paypal/capture"): return .json(try endCapture(Self.object(call)))
      case (.post, "/control/paypal/refund"): return .json(try refund(Self.object(call)))
      case (.post, "/control/paypal/payout"): return .json(try movePayout(Self.object(call)))
      case (.post, "/control/paypal/transaction"):
        return .json(try changeTransactions(Self.object(call)))
      case (.post, "/control/aliexpress/sku"): return .json(try setSKU(Self.object(call)))
      case (.post, "/control/aliexpress/order"): return .json(try moveOrder(Self.object(call)))
      case (.post, "/control/aliexpress/token"): return .json(try setToken(Self.object(call)))
      case (.post, "/control/aliexpress/code"): return .json(try issueCode(Self.object(call)))
      case (.delete, "/control/shop/challenge"):
        world.change { state, _ in state.shop.challenge = nil }
        return Answer(status: 204, body: .none)
      case (.post, "/control/aliexpress/revoke"): return .json(try revoke(Self.object(call)))
      default:
        if call.path.hasPrefix("/control/notices") { return try notices(call) }
        return .json(
          [
            "error": .string("there is no \(call.verb.rawValue) \(call.path)"),
            "known": .array(Self.routes.map(JSON.string)),
          ], status: 404)
      }
    } catch {
      return .json(["error": .string(error.description)], status: 400)
    }
  }

  private static func object(_ call: Call) throws(Refused) -> JSON {
    guard let value = try? JSON(reading: call.body), value.members != nil else {
      throw Refused(description: "the body is not a JSON object")
    }
    return value
  }

  /// Everything that can be asked for, with a sentence each.
  static var guide: JSON {
    [
      "routes": .array(routes.map(JSON.string)),
      "settings": .object(
        WorldSettings.Name.allCases.map { .init(name: $0.rawValue, value: .string($0.summary)) }),
      "faults": .object(
        faults.map { .init(name: $0.name, value: .string($0.summary)) }),
    ]
  }

  /// The faults that can be switched on.
  static var faults: [(name: String, summary: String)] {
    AliExpressFault.allCases.map { ($0.rawValue, $0.summary) }
      + ShopFault.allCases.map { ($0.rawValue, $0.summary) }
      + PayPalFault.allCases.map { ($0.rawValue, $0.summary) }
      + NoticeFault.allCases.map { ($0.rawValue, $0.summary) }
  }

  private func truth(_ call: Call) -> Answer {
    var fields: [String: String] = [:]
    FormFields.read(call.query.utf8, into: &fields)
    let prefix = fields["order"] ?? ""
    let truth = world.change { state, now in
      Truth(state: state, prefix: prefix, now: now)
    }
    return .json(truth.json)
  }

  private func setSettings(_ body: JSON) throws(Refused) -> JSON {
    let isBalance = body[WorldSettings.Name.paypalBalance.rawValue] != nil
    let result = world.change { state, now -> Result<JSON, WorldSettings.Invalid> in
      let changed = Result { () throws(WorldSettings.Invalid) in try state.settings.changed(body) }
      if let settings = try? changed.get() {
        // Who listens from now on is not told what was before.
        state.lookForNews(now: now)
        state.settings = settings
        if isBalance { state.payPal.balances = [:] }
      }
      return changed.map(\.json)
    }
    do {
      return try result.get()
    } catch {
      throw Refused(description: error.description)
    }
  }

  private func addFault(_ body: JSON) throws(Refused) -> JSON {
    let known = Self.faults.map(\.name)
    guard let name = body["name"]?.string, known.contains(name) else {
      throw Refused(
        description: "there is no fault \(body["name"]?.text ?? "without a name"); known: "
          + known.joined(separator: ", "))
    }
    let fault = try Fault(body)
    return world.change { state, _ in
      state.faults.add(fault, named: name)
      return state.faults.json
    }
  }
}

extension Fault {
  /// Reads a fault from its JSON; a member that no fault has is refused.
  init(_ body: JSON) throws(ControlFace.Refused) {
    for member in body.members ?? [] {
      let value = member.value
      var isRight = true
      switch member.name {
      case "name": break
      case "times":
        isRight = value.integer.map { $0 == -1 || (1...1_000_000).contains($0) } ?? false
        times = Int(value.integer ?? 1)
      case "probability":
        probability = value.text.flatMap(Double.init) ?? -1
        isRight = (0...1).contains(probability)
      case "match":
        match = value.string
        isRight = match != nil || value == .null
      case "code":
        code = value.string
        isRight = code != nil
      case "delayMilliseconds":
        delayMilliseconds = value.integer
        isRight = (delayMilliseconds ?? -1) >= 0
      case "seconds":
        seconds = value.integer
        isRight = (seconds ?? -1) >= 0
      case "minorUnits":
        minorUnits = value.integer
        isRight = minorUnits != nil
      case "status":
        status = value.integer.map(Int.init)
        isRight = (400...599).contains(status ?? 0)
      default:
        throw ControlFace.Refused(
          description: "a fault has no \(member.name); known: name, times, probability, match, "
            + "code, delayMilliseconds, seconds, minorUnits, status")
      }
      guard isRight else {
        throw ControlFace.Refused(description: "\(member.name) of a fault cannot be \(value)")
      }
    }
  }
}
