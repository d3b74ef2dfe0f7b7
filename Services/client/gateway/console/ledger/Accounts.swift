import Contract
import Hummingbird
import Presentation
import RPC
import Runtime

/// The trial balance. The names are the template's.
struct AccountsPage: Sendable {
  struct Line: Sendable {
    let account: String
    let path: String
    let meaning: String
    let debits: String
    let credits: String
    let balance: String
  }

  struct Total: Sendable {
    let debits: String
    let credits: String
    let difference: String
    let isEven: Bool
  }

  let tabs: [LedgerTab]
  let environment: String
  let lines: [Line]
  let totals: [Total]
  let isEven: Bool
  let entries: String
  let head: String
}

/// What went through an account.
struct StatementPage: Sendable {
  struct Line: Sendable {
    let entryID: String
    let path: String
    let moment: Moment?
    let amount: String
    let isDown: Bool
    let balance: String
  }

  let tabs: [LedgerTab]
  let environment: String
  let heading: String
  let meaning: String
  let figures: [OverviewPage.Figure]
  let lines: [Line]
  /// All of it, as a file.
  let exportPath: String
  let pager: Pager
  let isFirst: Bool
}

extension Console {
  static let accounts: [Route] = [
    Route(
      .get, Section.ledger.path, "ledger", "The trial balance; a reseller's statement.",
      audience: .session, query: [.environment, .currency, .pageToken], answer: .page
    ) { call in
      call.session?.isAdmin == true ? try await accountList(call) : try await statement(call)
    },
    Route(
      .get, LedgerTab.Part.statement.path, "statement", "What went through an account.",
      audience: .session, query: [.account, .environment, .currency, .pageToken], answer: .page
    ) { try await statement($0) },
    Route(
      .get, "\(LedgerTab.Part.statement.path).csv", "statementFile", "A statement as CSV.",
      audience: .session, query: [.account, .environment, .currency], answer: .document
    ) { try await statementFile($0) },
    Route(
      .post, "\(Section.ledger.path)/verify", "verifyBooks", "Checks every hash of the journal.",
      audience: .session, body: .form, answer: .page
    ) { call in
      let found = try await call.services.ledger.verifyJournal(.init(), options: call.options)
      return found.isValid
        ? call.done(
          "Every one of the journal's \(found.entries) entries is as it was written.",
          goTo: Section.ledger.path)
        : call.done(
          "The journal was changed: entry \(found.firstBadEntryID) is the first that does not fit.",
          tone: "bad", goTo: Section.ledger.path)
    },
  ]

  private static func accountList(_ call: RouteCall) async throws -> Response {
    let environment = call.environment()
    let books = try await call.services.ledger.trialBalance(
      .init(environment: environment, currency: call.query.text("currency")),
      options: call.options)
    let totals = books.totals.map { total in
      AccountsPage.Total(
        debits: Shown.amount(total.debits), credits: Shown.amount(total.credits),
        difference: Shown.amount(total.difference), isEven: total.difference?.minorUnits == 0)
    }
    return call.page(
      "ledger", "Ledger", .ledger,
      AccountsPage(
        tabs: LedgerTab.all(.accounts, call), environment: environment.word,
        lines: books.lines.map { line in
          .init(
            account: line.account,
            path: statementPath(line.account, environment, line.balance?.currency ?? ""),
            meaning: meaning(ofAccount: line.account), debits: Shown.amount(line.debits),
            credits: Shown.amount(line.credits), balance: Shown.amount(line.balance))
        }, totals: totals, isEven: totals.allSatisfy(\.isEven), entries: "\(books.entries)",
        head: Shown.hex(books.headHash)))
  }

  private static func statementPath(
    _ account: String, _ environment: Contract.Environment, _ currency: String, ending: String = ""
  ) -> String {
    path(
      LedgerTab.Part.statement.path + ending, statementQuery(account, environment, currency))
  }

  private static func statementQuery(
    _ account: String, _ environment: Contract.Environment, _ currency: String
  ) -> [(String, String)] {
    [("account", account), ("environment", environment.word), ("currency", currency)]
  }

  private static func statement(_ call: RouteCall) async throws -> Response {
    let isAdmin = call.session?.isAdmin == true
    let account = isAdmin ? call.account : call.ownPayee
    let environment = call.environment()
    let answer = try await call.services.ledger.getStatement(
      .init(
        account: account, environment: environment, currency: call.currency, pageSize: 50,
        pageToken: call.query.pageToken), options: call.options)
    let balance = try await call.services.ledger.getBalance(
      .init(account: account, environment: environment, currency: call.currency),
      options: call.options)
    return call.page(
      "statement", isAdmin ? "Statement of \(account)" : "Your statement", .ledger,
      StatementPage(
        tabs: LedgerTab.all(.statement, call), environment: environment.word,
        heading: isAdmin ? "Account \(account)" : "Your statement",
        meaning: isAdmin ? meaning(ofAccount: account) : "", figures: figures(balance),
        lines: answer.lines.map { line(of: $0, isAdmin: isAdmin) },
        exportPath: statementPath(account, environment, call.currency, ending: ".csv"),
        pager: Pager(
          call, LedgerTab.Part.statement.path, next: answer.nextPageToken,
          statementQuery(account, environment, call.currency),
          labels: ("First entries", "Later entries")),
        isFirst: call.query.pageToken.isEmpty))
  }

  /// The statement of the page, from its first entry to its last.
  private static func statementFile(_ call: RouteCall) async throws -> Response {
    let account = call.ownPayee.isEmpty ? call.account : call.ownPayee
    let name = account.replacing(":", with: "-").filter { $0.isLetter || $0.isNumber || $0 == "-" }
    return try await CSVFile.response("statement-\(name)") { token in
      let answer = try await call.services.ledger.getStatement(
        .init(
          account: account, environment: call.environment(), currency: call.currency,
          pageSize: CSVFile.linesOfPage, pageToken: token), options: call.options)
      return (.statement(answer.lines), answer.nextPageToken)
    }
  }

  private static func figures(_ balance: Balance) -> [OverviewPage.Figure] {
    let isPayee = balance.account == "adminPayable" || balance.account.hasPrefix("reseller:")
    let now = OverviewPage.Figure(
      label: "Balance", value: Shown.amount(balance.balance), note: "after the last entry")
    guard isPayee else { return [now] }
    return [
      now,
      .init(label: "Bound", value: Shown.amount(balance.pending), note: "in payouts that wait"),
      .init(
        label: "Available", value: Shown.amount(balance.available),
        note: "can be paid out on request"),
    ]
  }

  /// An administrator goes on to the entry, a reseller to his order.
  private static func line(of line: StatementLine, isAdmin: Bool) -> StatementPage.Line {
    let order = line.entryID.split(separator: "/").first.map { String($0) } ?? ""
    return .init(
      entryID: line.entryID,
      path: isAdmin
        ? entryPath(line.entryID)
        : line.entryID.contains("/") ? Look.path(ofOrder: order) : "",
      moment: Moment(line.occurredAt), amount: Shown.amount(line.amount),
      isDown: (line.amount?.minorUnits ?? 0) < 0, balance: Shown.amount(line.balance))
  }

  /// What an account of the chart stands for.
  static func meaning(ofAccount account: String) -> String {
    if account.hasPrefix("reseller:") {
      return "Owed to reseller \(account.dropFirst("reseller:".count))"
    }
    return meanings[account] ?? ""
  }

  private static let meanings = [
    "paypal": "In our PayPal account", "buyerDeposits": "Paid by buyers, not sold yet",
    "paymentFees": "Kept by PayPal of buyers' payments", "sales": "What orders brought in",
    "refunds": "Given back to buyers", "supplierCost": "Charged by suppliers",
    "commission": "The platform's share of sales", "resellerShare": "The resellers' share of sales",
    "adminPayable": "Owed to the platform", "platformFunds": "The platform's own money",
    "payoutsInTransit": "On its way to payees", "disputeHolds": "Held back by open disputes",
    "payoutFees": "Charged by PayPal for payouts",
  ]
}
