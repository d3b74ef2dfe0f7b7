import Contract
import Hummingbird
import Presentation
import RPC
import Runtime

/// When a payee is paid, and the form that changes it. The names are the template's.
struct TermsPage: Sendable {
  /// Whose: empty for all without their own.
  let payee: String
  /// The same in a sentence.
  let whose: String
  let environment: String
  let currency: String
  /// The terms that hold, in a sentence.
  let terms: String
  /// Whether they are those of all, which a payee without his own has.
  let areOfAll: Bool
  /// Who set them; empty when nobody did.
  let by: String
  let set: Moment?
  let filters: [FormField]
  let fields: [FormField]
  let trouble: String
  let recipientPath: String
}

extension Console {
  private static let termsRoot = "/console/terms"

  static func termsPath(_ payee: String) -> String { path(termsRoot, [("payee", payee)]) }

  static let terms: [Route] = [
    Route(
      .get, termsRoot, "terms", "When a payee is paid.", audience: .session,
      query: [.text("payee", "admin, or reseller:42; empty for all."), .environment, .currency],
      answer: .page
    ) { call in
      try await termsPage(call, call.query.text("payee"), call.environment(), call.currency)
    },
    Route(
      .post, termsRoot, "setTerms", "Says when a payee is paid.", audience: .session,
      body: .form, answer: .page
    ) { call in
      try await call.submit {
        try await setTerms(call)
      } again: {
        try await termsPage(
          call, call.form.text("payee"), call.formEnvironment, call.form.text("currency"), sent: $0)
      }
    },
  ]

  private static func setTerms(_ call: RouteCall) async throws -> Response {
    let form = call.form
    let schedule = PayoutSchedule.allKnown.first { $0.shortName == form.text("schedule") }
    guard let hold = Int32(form.text("holdHours").isEmpty ? "0" : form.text("holdHours")) else {
      throw Query.refusal("holdHours", "is no whole number of hours")
    }
    // The hour and the day are there in the form whatever the schedule is.
    let (isGathered, isWeekly) = (schedule != .perSale, schedule == .weekly)
    let terms = try await call.services.ledger.setPayoutTerms(
      .init(
        payee: call.payee(form.text("payee")), environment: call.formEnvironment,
        currency: form.text("currency"), schedule: schedule ?? .unspecified,
        hour: isGathered ? Int32(form.text("hour")) ?? 0 : 0,
        weekday: isWeekly ? Int32(form.text("weekday")) ?? 0 : 0,
        minimum: try call.amount("minimum"), holdHours: hold), options: call.options)
    let world = terms.environment == call.door.environment ? "" : terms.environment.word
    return call.done(
      "From now on: \(sentence(of: terms).lowercasedFirst).",
      goTo: path(
        termsRoot,
        [("payee", terms.payee), ("environment", world), ("currency", terms.currency)]))
  }

  private static func termsPage(
    _ call: RouteCall, _ given: String, _ environment: Contract.Environment, _ currency: String,
    sent: SentForm? = nil
  ) async throws -> Response {
    let isAdmin = call.session?.isAdmin == true
    let payee = call.payee(given)
    let terms = try await call.services.ledger.getPayoutTerms(
      .init(payee: payee, environment: environment, currency: currency), options: call.options)
    let whose = payee.isEmpty ? "payees without terms of their own" : Shown.payee(payee)
    let filters = [
      payeeFilter(payee), FormField("currency", "Currency", value: currency, isRequired: false),
    ]
    return call.page(
      "terms", "When payees are paid", .payouts,
      TermsPage(
        payee: payee, whose: whose, environment: environment.word, currency: currency,
        terms: sentence(of: terms),
        areOfAll: !payee.isEmpty && terms.payee.isEmpty, by: Shown.actor(terms.setBy),
        set: Moment(terms.updatedAt), filters: isAdmin ? filters : [],
        fields: isAdmin ? fields(terms, currency, sent) : [], trouble: sent?.detail ?? "",
        recipientPath: payee.isEmpty ? "" : recipientPath(payee)))
  }

  private static let days = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
  ]

  private static func fields(_ terms: PayoutTerms, _ currency: String, _ sent: SentForm?)
    -> [FormField]
  {
    let hours = (0..<24).map { (value: "\($0)", label: clock(Int32($0))) }
    let weekdays = days.enumerated().map { (value: "\($0.offset + 1)", label: $0.element) }
    let minimum = Shown.positive(terms.minimum).replacing(" \(currency)", with: "")
    return [
      FormField(
        "schedule", "How often",
        .list([
          ("PER_SALE", "After each sale"), ("DAILY", "Every day"), ("WEEKLY", "Every week"),
        ]), value: terms.schedule.shortName, sent: sent),
      FormField(
        "weekday", "On", .list(weekdays), value: "\(max(1, terms.weekday))",
        hint: "When it is every week.", sent: sent),
      FormField(
        "hour", "At", .list(hours), value: "\(terms.hour)",
        hint: "When it is every day or week.", sent: sent),
      FormField(
        "minimum", "Least amount, in \(currency)", value: minimum,
        hint: "Less waits for the next payday. Not after each sale.", isRequired: false, sent: sent),
      FormField(
        "holdHours", "Hours that a sale is held", value: "\(terms.holdHours)",
        hint: "Such as 72, for returns; 0 for none.", sent: sent),
    ]
  }

  private static func clock(_ hour: Int32) -> String { "\(hour < 10 ? "0" : "")\(hour):00 UTC" }

  /// When a payee is paid, in a sentence without its end.
  static func sentence(of terms: PayoutTerms) -> String {
    let day = days.indices.contains(Int(terms.weekday) - 1) ? days[Int(terms.weekday) - 1] : ""
    let rhythm =
      switch terms.schedule {
      case .daily: "Every day at \(clock(terms.hour))"
      case .weekly: "Every \(day) at \(clock(terms.hour))"
      case .perSale, .unspecified, .unrecognized: "After each sale, by itself"
      }
    let minimum = Shown.positive(terms.minimum)
    return rhythm + (minimum.isEmpty ? "" : ", from \(minimum) on")
      + (terms.holdHours == 0 ? "" : ", \(terms.holdHours) hours after the sale at the soonest")
  }
}

extension String {
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
