import Contract
import Foundation
import Hummingbird
import Presentation
import RPC
import Runtime

/// Payouts, newest first, and what can be paid out. The names are the template's.
struct PayoutsPage: Sendable {
  let environment: String
  let payouts: [PayoutLine]
  let filters: [FormField]
  /// Whether the list is only a part by a filter.
  let isFiltered: Bool
  /// Of the payee that the page is about; empty when it is about all.
  let figures: [OverviewPage.Figure]
  let requestFields: [FormField]
  /// The id of the next request, so that a form that is sent twice pays once.
  let requestID: String
  /// Why the form came back; empty when it did not.
  let trouble: String
  let isRequestOpen: Bool
  let recipientPath: String
  let termsPath: String
  /// All of them, as a file.
  let exportPath: String
  let pager: Pager
}

extension Console {
  private static let one = "\(Section.payouts.path)/{payoutId}"

  static let payouts: [Route] = [
    Route(
      .get, Section.payouts.path, "payouts", "Payouts, newest first.", audience: .session,
      query: [
        .text("payee", "admin, or reseller:42."), .text("state", "Only in this state."),
        .environment, .currency, .pageToken,
      ], answer: .page
    ) { try await payoutList($0) },
    Route(
      .get, "\(Section.payouts.path).csv", "payoutsFile", "Payouts as CSV, in their order.",
      audience: .session,
      query: [.text("payee", "admin, or reseller:42."), .text("state", "Only in this state.")],
      answer: .document
    ) { try await payoutsFile($0) },
    Route(
      .post, Section.payouts.path, "payOut", "Pays out an available balance.",
      audience: .session, body: .form, answer: .page
    ) { call in
      try await call.submit {
        try await payOut(call)
      } again: {
        try await payoutList(call, $0)
      }
    },
    Route(.get, one, "payout", "One payout.", audience: .session, answer: .page) {
      try await payoutPage($0)
    },
    Route(
      .post, "\(one)/retry", "sendPayoutAgain", "Sends what did not go out again.",
      audience: .session, body: .form, answer: .page
    ) { call in
      let payout = try await call.services.ledger.retryPayout(
        .init(payoutID: call.id("payoutId")), options: call.options)
      return call.done(
        "It is sent again under its next generation.", goTo: PayoutLine.path(payout.payoutID))
    },
    Route(
      .post, one, "attestPayoutPage", "Says what became of a payout.",
      audience: .session, body: .form, answer: .page
    ) { call in
      try await call.submit {
        try await attest(call)
      } again: {
        try await payoutPage(call, $0)
      }
    },
  ]

  private static func payoutList(_ call: RouteCall, _ sent: SentForm? = nil) async throws
    -> Response
  {
    let payee = call.payee(sent?.form.text("payee") ?? call.query.text("payee"))
    let state: PayoutState = call.query.state()
    let stateName = state == .unspecified ? "" : state.shortName
    let answer = try await call.services.ledger.listPayouts(
      .init(
        payee: payee, state: state, pageSize: 50, pageToken: call.query.pageToken,
        newestFirst: true), options: call.options)
    let isAdmin = call.session?.isAdmin == true
    let filter = isAdmin ? call.query.text("payee") : ""
    return call.page(
      "payouts", "Payouts", .payouts,
      PayoutsPage(
        environment: call.environment().word, payouts: answer.payouts.map { PayoutLine($0) },
        filters: filters(payee: filter, stateName, isAdmin: isAdmin),
        isFiltered: !stateName.isEmpty || !filter.isEmpty,
        figures: payee.isEmpty ? [] : try await figures(of: payee, call),
        requestFields: requestFields(payee, sent, isAdmin: isAdmin),
        requestID: sent?.form.text("payoutId") ?? UUID().uuidString.lowercased(),
        trouble: sent?.detail ?? "", isRequestOpen: sent != nil,
        recipientPath: recipientPath(payee), termsPath: termsPath(payee),
        exportPath: path(
          "\(Section.payouts.path).csv", [("payee", filter), ("state", stateName)]),
        pager: Pager(
          call, Section.payouts.path, next: answer.nextPageToken,
          [("payee", filter), ("state", stateName)])))
  }

  private static func payoutsFile(_ call: RouteCall) async throws -> Response {
    let payee = call.payee(call.query.text("payee"))
    return try await CSVFile.response("payouts") { token in
      let answer = try await call.services.ledger.listPayouts(
        .init(
          payee: payee, state: call.query.state(), pageSize: CSVFile.linesOfPage, pageToken: token),
        options: call.options)
      return (.payouts(answer.payouts), answer.nextPageToken)
    }
  }

  /// Whose payouts, addresses or terms a page shows.
  static func payeeFilter(_ payee: String) -> FormField {
    FormField("payee", "Payee", value: payee, isRequired: false, example: "admin, or 42")
  }

  private static func filters(payee: String, _ state: String, isAdmin: Bool) -> [FormField] {
    let states =
      [(value: "", label: "All")]
      + PayoutState.allKnown.dropFirst().map { ($0.shortName, PayoutText.label($0)) }
    let byState = FormField("state", "State", .list(states), value: state)
    return isAdmin ? [payeeFilter(payee), byState] : [byState]
  }

  private static func requestFields(_ payee: String, _ sent: SentForm?, isAdmin: Bool)
    -> [FormField]
  {
    let amount = FormField("amount", "Amount", hint: "Such as 25.00", sent: sent)
    let currency = FormField("currency", "Currency", value: "USD", sent: sent)
    let to = FormField(
      "payee", "Payee", value: payee, hint: "admin, or a reseller's number", sent: sent)
    return isAdmin ? [to, amount, currency] : [amount, currency]
  }

  /// What a payee's account holds.
  static func figures(of payee: String, _ call: RouteCall) async throws -> [OverviewPage.Figure] {
    let balance = try await call.services.ledger.getBalance(
      .init(
        account: payee == "admin" ? "adminPayable" : payee, environment: call.environment(),
        currency: call.currency), options: call.options)
    return [
      .init(label: "Owed", value: Shown.amount(balance.balance), note: "to \(Shown.payee(payee))"),
      .init(label: "Bound", value: Shown.amount(balance.pending), note: "in payouts that wait"),
      .init(
        label: "Available", value: Shown.amount(balance.available),
        note: "can be paid out on request"),
    ]
  }

  private static func payOut(_ call: RouteCall) async throws -> Response {
    guard let amount = try call.amount("amount") else {
      throw Query.refusal("amount", "is empty; such as 25.00")
    }
    let payout = try await call.services.ledger.requestPayout(
      .init(
        payoutID: call.form.text("payoutId"), payee: call.payee(call.form.text("payee")),
        environment: call.formEnvironment, amount: amount), options: call.options)
    return call.done(
      "\(Shown.amount(payout.due)) is paid out to \(Shown.payee(payout.payee)).",
      goTo: PayoutLine.path(payout.payoutID))
  }

  private static func payoutPage(_ call: RouteCall, _ sent: SentForm? = nil) async throws
    -> Response
  {
    let payout = try await call.services.ledger.getPayout(
      .init(payoutID: call.id("payoutId")), options: call.options)
    return call.page(
      "payout", "Payout \(payout.payoutID)", .payouts,
      PayoutPage(payout, isAdmin: call.session?.isAdmin == true, sent: sent))
  }

  private static func attest(_ call: RouteCall) async throws -> Response {
    let finding = PayoutFinding.allKnown.first { $0.shortName == call.form.text("finding") }
    let payout = try await call.services.ledger.attestPayout(
      .init(
        payoutID: call.id("payoutId"), finding: finding ?? .unspecified,
        evidence: call.form.text("evidence"), sent: try call.amount("sent"),
        fee: try call.amount("fee"), providerID: call.form.text("providerId")),
      options: call.options)
    return call.done(
      "What you found is kept. The payout is now: \(PayoutText.label(payout.state).lowercased()).",
      goTo: PayoutLine.path(payout.payoutID))
  }
}
