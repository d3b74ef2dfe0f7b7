/// What providers tell by themselves, as tests see it.
extension ControlFace {
  /// Answers what is below /control/notices.
  func notices(_ call: Call) throws(Refused) -> Answer {
    var fields: [String: String] = [:]
    FormFields.read(call.query.utf8, into: &fields)
    switch (call.verb, call.path) {
    case (.get, "/control/notices"):
      return .json(world.change { state, _ in state.notices }.json(about: fields["order"] ?? ""))
    case (.get, "/control/notices/root"): return Answer(body: .text(world.signatory.root))
    case (.get, "/control/notices/sent"):
      let id = fields["id"] ?? ""
      let all = world.change { state, _ in state.notices.notices }
      guard let sent = all.last(where: { $0.id == id })?.latest else {
        throw Refused(description: "no notice \(id) was sent")
      }
      return .json(sent.json)
    default: throw Refused(description: "there is no \(call.verb.rawValue) \(call.path)")
    }
  }

  /// Ends a capture that PayPal holds.
  func endCapture(_ body: JSON) throws(Refused) -> JSON {
    let id = body["capture_id"]?.string ?? ""
    let status = body["status"]?.string.flatMap(PayPalCapture.Status.init(rawValue:))
    guard let status, status == .completed || status == .declined else {
      throw Refused(description: "status is COMPLETED or DECLINED")
    }
    let isEnded = world.change { state, now in
      guard let order = state.payPal.orderOfCapture[id],
        state.payPal.orders[order]?.capture?.status(at: now) == .pending
      else { return false }
      state.payPal.orders[order]?.capture?.isDeclined = status == .declined
      state.payPal.orders[order]?.capture?.pendingUntil = now
      return true
    }
    guard isEnded else { throw Refused(description: "there is no capture \(id) that is held") }
    return ["capture_id": .string(id), "status": .string(status.rawValue)]
  }
}

extension Notice.Transmission {
  /// So that it can be sent again as it was.
  fileprivate var json: JSON {
    [
      "url": .string(url), "body": .string(String(decoding: body, as: UTF8.self)),
      "headers": .object(headers.map { .init(name: $0.name, value: .string($0.value)) }),
    ]
  }
}
