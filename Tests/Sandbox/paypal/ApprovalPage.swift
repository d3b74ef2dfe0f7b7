import Money

/// The page behind the `approve` link, where a person plays the buyer.
struct ApprovalPage: Sendable {
  let world: World

  func answer(_ call: Call) -> Answer {
    var fields: [String: String] = [:]
    FormFields.read(call.query.utf8, into: &fields)
    let id = fields["token"] ?? ""
    guard let order = world.change({ state, _ in state.payPal.orders[id] }) else {
      return page("No such order", "There is no order of this id.", status: 404)
    }
    if call.verb == .post { return approve(order) }
    switch order.status {
    case .completed: return page("Paid", "This order is paid already.")
    case .approved, .created, .payerActionRequired:
      let cancel = order.request.cancelURL
      let link = cancel.isEmpty ? "" : "<p><a href=\"\(HTML.escaped(cancel))\">Cancel</a></p>"
      return page(
        "Pay \(HTML.escaped(order.request.amount.description))?",
        HTML.escaped(order.request.description)
          + "<form method=\"post\"><button>Approve</button></form>" + link)
    }
  }

  private func approve(_ order: PayPalOrder) -> Answer {
    let isApproved = world.change { state, now in state.payPal.approve(order.id, now: now) }
    guard isApproved else { return page("Paid", "This order is paid already.") }
    let target = order.request.returnURL
    guard !target.isEmpty else {
      return page("Approved", "The shop can now take the payment. This page can be closed.")
    }
    let joint = target.contains("?") ? "&" : "?"
    return Answer(
      status: 303, body: .none,
      headers: [
        (name: "Location", value: "\(target)\(joint)token=\(order.id)&PayerID=SANDBOXPAYER1")
      ])
  }

  private func page(_ title: String, _ body: String, status: Int = 200) -> Answer {
    Answer(
      status: status,
      body: .html(
        "<!doctype html><meta charset=\"utf-8\"><title>PayPal sandbox</title>"
          + "<h1>\(title)</h1><p>\(body)</p>\n"))
  }
}
