/// The supplier's page on which a buyer lets an application act for him.
///
/// A browser gets the page; the buyer picks his account there, and is sent back to the application's
/// address with a code. The state goes back unchanged.
struct ConsentPage: Sendable {
  static let path = "/aliexpress/oauth/authorize"

  let world: World

  func answer(_ call: Call) -> Answer {
    var fields: [String: String] = [:]
    FormFields.read(call.query.utf8, into: &fields)
    if call.verb == .post { FormFields.read(call.body, into: &fields) }
    guard fields["response_type"] == "code" else {
      return page("Not possible", "response_type must be code.", status: 400)
    }
    guard let app = fields["client_id"], GatewayCall.apps[app] != nil else {
      return page("Not possible", "There is no such application.", status: 400)
    }
    let target = fields["redirect_uri"] ?? ""
    guard target.hasPrefix("http://") || target.hasPrefix("https://") else {
      return page("Not possible", "redirect_uri is not the application's.", status: 400)
    }
    guard call.verb == .post else { return question(app) }
    guard let account = fields["account"], !account.isEmpty else { return question(app) }
    let code = world.change { state, now in
      state.supplier.tokens.issueCode(account: account, now: now)
    }
    let joint = target.contains("?") ? "&" : "?"
    let state = fields["state"].map { "&state=\(FormFields.encoded($0))" } ?? ""
    return Answer(
      status: 303, body: .none,
      headers: [(name: "Location", value: "\(target)\(joint)code=\(code)\(state)")])
  }

  private func question(_ app: String) -> Answer {
    let buttons = Tokens.accounts.map {
      "<button name=\"account\" value=\"\($0)\">as account \($0)</button>"
    }
    return page(
      "Let application \(app) buy for you?",
      "<form method=\"post\">\(buttons.joined(separator: " "))</form>")
  }

  private func page(_ title: String, _ body: String, status: Int = 200) -> Answer {
    Answer(
      status: status,
      body: .html(
        "<!doctype html><meta charset=\"utf-8\"><title>AliExpress sandbox</title>"
          + "<h1>\(title)</h1><p>\(body)</p>\n"))
  }
}
