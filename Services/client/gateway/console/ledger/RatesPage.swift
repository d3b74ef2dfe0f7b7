import Contract
import Hummingbird
import Presentation
import RPC
import Runtime

/// Commission rates and their history. The names are the template's.
struct RatesPage: Sendable {
  struct Line: Sendable {
    let rate: String
    let version: String
    let by: String
    let note: String
    let moment: Moment?

    init(_ rate: CommissionRate) {
      self.rate = Shown.rate(rate.rateBps)
      version = "\(rate.version)"
      by = Shown.actor(rate.setBy)
      note = rate.note
      moment = Moment(rate.updatedAt)
    }
  }

  let tabs: [LedgerTab]
  /// Whose: all without their own, or one reseller.
  let whose: String
  let userID: String
  let current: Line?
  let history: [Line]
  let filters: [FormField]
  let fields: [FormField]
  let trouble: String
  let pager: Pager
}

extension Console {
  static let rates: [Route] = [
    Route(
      .get, LedgerTab.Part.rates.path, "rates", "Commission rates.", audience: .session,
      query: [.text("userId", "The reseller; empty for all without their own."), .pageToken],
      answer: .page
    ) { call in try await rates(call, call.query.text("userId")) },
    Route(
      .post, LedgerTab.Part.rates.path, "setRate", "Sets a commission rate.", audience: .session,
      body: .form, answer: .page
    ) { call in
      try await call.submit {
        try await setRate(call)
      } again: {
        try await rates(call, call.form.text("userId"), sent: $0)
      }
    },
  ]

  private static func setRate(_ call: RouteCall) async throws -> Response {
    let reseller = call.form.text("userId")
    guard let userID = reseller.isEmpty ? 0 : Int64(reseller) else {
      throw Query.refusal("userId", "is \"\(reseller.prefix(60))\"; it must be a number, or empty")
    }
    let points: Int32
    do throws(Entered.Unreadable) {
      points = try Entered.basisPoints(call.form.text("rateBps"))
    } catch {
      throw Query.refusal("rateBps", error.text)
    }
    let rate = try await call.services.ledger.setCommissionRate(
      .init(userID: userID, rateBps: points, note: call.form.text("note")), options: call.options)
    return call.done(
      "Sales from now on have a commission of \(Shown.rate(rate.rateBps)).",
      goTo: LedgerTab.Part.rates.path + (userID == 0 ? "" : "?userId=\(userID)"))
  }

  private static func rates(_ call: RouteCall, _ text: String, sent: SentForm? = nil) async throws
    -> Response
  {
    let userID = call.userID(Int64(text) ?? 0)
    let answer = try await call.services.ledger.listCommissionRates(
      .init(userID: userID, pageSize: 25, pageToken: call.query.pageToken), options: call.options)
    let lines = answer.rates.map { RatesPage.Line($0) }
    let shown = userID == 0 ? "" : "\(userID)"
    let filter = FormField(
      "userId", "Reseller", value: shown, isRequired: false, example: "Empty for all")
    let isAdmin = call.session?.isAdmin == true
    return call.page(
      "rates", "Commission", .ledger,
      RatesPage(
        tabs: LedgerTab.all(.rates, call),
        whose: userID == 0 ? "resellers without their own rate" : "reseller \(userID)",
        userID: shown, current: call.query.pageToken.isEmpty ? lines.first : nil, history: lines,
        filters: isAdmin ? [filter] : [],
        fields: [
          FormField("rateBps", "Rate in percent", hint: "Such as 10 or 12.5", sent: sent),
          FormField("note", "Why", hint: "For the history.", isRequired: false, sent: sent),
        ], trouble: sent?.detail ?? "",
        pager: Pager(
          call, LedgerTab.Part.rates.path, next: answer.nextPageToken, [("userId", shown)])))
  }
}
