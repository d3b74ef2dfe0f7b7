import Contract
import Hummingbird
import Presentation
import Runtime

/// Where a payee's money goes, and went. The names are the template's.
struct RecipientsPage: Sendable {
  struct Line: Sendable {
    let email: String
    let version: String
    let putBy: String
    let put: Moment?
    let isVerified: Bool
    let verifiedBy: String
    let verified: Moment?
    let evidence: String

    init(_ recipient: PayoutRecipient) {
      email = recipient.email
      version = "\(recipient.version)"
      putBy = Shown.actor(recipient.putBy)
      put = Moment(recipient.updatedAt)
      isVerified = !recipient.verifiedBy.isEmpty
      verifiedBy = Shown.actor(recipient.verifiedBy)
      verified = Moment(recipient.verifiedAt)
      evidence = recipient.evidence
    }
  }

  let payee: String
  /// The same in a sentence.
  let whose: String
  let environment: String
  /// The newest, which counts; nil when there is none.
  let current: Line?
  let history: [Line]
  let terms: String
  let termsPath: String
  let filters: [FormField]
  let putFields: [FormField]
  let putTrouble: String
  let verifyFields: [FormField]
  let verifyTrouble: String
  let canVerify: Bool
}

extension Console {
  private static let recipientsPath = "/console/recipients"

  static func recipientPath(_ payee: String) -> String {
    payee.isEmpty ? recipientsPath : "\(recipientsPath)?payee=\(encoded(payee))"
  }

  static let recipients: [Route] = [
    Route(
      .get, recipientsPath, "recipients", "Where a payee's money goes.", audience: .session,
      query: [.text("payee", "admin, or reseller:42."), .environment], answer: .page
    ) { call in
      try await recipients(call, call.query.text("payee"), call.environment())
    },
    Route(
      .post, "\(recipientsPath)/put", "putRecipient", "Says where a payee's money goes.",
      audience: .session, body: .form, answer: .page
    ) { call in
      try await call.submit {
        let put = try await call.services.ledger.putPayoutRecipient(
          .init(
            payee: call.payee(call.form.text("payee")), environment: call.formEnvironment,
            email: call.form.text("email")), options: call.options)
        let note =
          put.verifiedBy.isEmpty
          ? "Money goes to \(put.email) once the platform has verified it."
          : "Money goes to \(put.email) from now on."
        return call.done(note, goTo: recipientPath(put.payee))
      } again: {
        try await recipients(call, call.form.text("payee"), call.formEnvironment, put: $0)
      }
    },
    Route(
      .post, "\(recipientsPath)/verify", "verifyRecipient", "Says that an address is the payee's.",
      audience: .session, body: .form, answer: .page
    ) { call in
      try await call.submit {
        let verified = try await call.services.ledger.verifyPayoutRecipient(
          .init(
            payee: call.payee(call.form.text("payee")), environment: call.formEnvironment,
            version: Int32(call.form.text("version")) ?? 0,
            evidence: call.form.text("evidence")), options: call.options)
        return call.done(
          "\(verified.email) is verified; payouts that waited for it go out.",
          goTo: recipientPath(verified.payee))
      } again: {
        try await recipients(call, call.form.text("payee"), call.formEnvironment, verify: $0)
      }
    },
  ]

  private static func recipients(
    _ call: RouteCall, _ given: String, _ environment: Contract.Environment,
    put: SentForm? = nil, verify: SentForm? = nil
  ) async throws -> Response {
    let isAdmin = call.session?.isAdmin == true
    let named = call.payee(given)
    let payee = named.isEmpty ? "admin" : named
    let answer = try await call.services.ledger.listPayoutRecipients(
      .init(payee: payee, environment: environment), options: call.options)
    let terms = try await call.services.ledger.getPayoutTerms(
      .init(payee: payee, environment: environment, currency: call.currency),
      options: call.options)
    let lines = answer.recipients.map { RecipientsPage.Line($0) }
    return call.page(
      "recipients", "Where money goes", .payouts,
      RecipientsPage(
        payee: payee, whose: Shown.payee(payee), environment: environment.word,
        current: lines.first, history: lines,
        terms: sentence(of: terms), termsPath: termsPath(payee),
        filters: isAdmin ? [payeeFilter(payee)] : [],
        putFields: [
          FormField(
            "email", "PayPal account", .line(autocomplete: "email"),
            hint: "Its e-mail address.", sent: put)
        ], putTrouble: put?.detail ?? "",
        verifyFields: [
          FormField(
            "evidence", "How you know", .area,
            hint: "Such as a signed letter, or a call back. It is kept with your name.",
            sent: verify)
        ], verifyTrouble: verify?.detail ?? "",
        canVerify: isAdmin && lines.first?.isVerified == false))
  }
}
