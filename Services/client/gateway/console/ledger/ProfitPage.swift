import Contract
import Foundation
import Hummingbird
import Presentation
import Runtime

/// What orders brought. The names are the template's.
struct ProfitPage: Sendable {
  struct Line: Sendable {
    let key: String
    let path: String
    let orders: String
    let sales: String
    let refunds: String
    let fees: String
    let cost: String
    let gross: String
    let isLoss: Bool
    let commission: String
    let share: String
  }

  let tabs: [LedgerTab]
  let environment: String
  let filters: [FormField]
  let trouble: String
  let heading: String
  let lines: [Line]
  let totals: [Line]
  let charts: [Chart]
  /// All of it, as a file.
  let exportPath: String
  let pager: Pager

  /// One currency's.
  struct Chart: Sendable {
    let title: String
    /// Made by us, so it goes into the page as it is.
    let svg: String
  }
}

extension Console {
  /// Bars that a chart shows at most.
  private static let barsMax = 12

  private static let groupings: [(word: String, label: String, grouping: ProfitGrouping)] = [
    ("month", "Month", .month), ("product", "Product", .product),
    ("reseller", "Reseller", .reseller), ("order", "Order", .order),
  ]

  private static let fields: [QueryField] = [
    .text("by", "month, product, reseller or order."), .text("userId", "Only this reseller's."),
    .text("from", "The first day, such as 2026-11-01."), .text("until", "The day after the last."),
    .environment,
  ]

  static let profit: [Route] = [
    Route(
      .get, LedgerTab.Part.profit.path, "profit", "What orders brought.", audience: .session,
      query: fields + [.pageToken], answer: .page
    ) { call in
      do {
        return try await profitPage(call, try request(call), trouble: "")
      } catch let error as Day.Unreadable {
        let request = GetProfitRequest(
          environment: call.environment(), grouping: grouping(call).grouping, pageSize: 50)
        var response = try await profitPage(
          call, request, trouble: "\"\(error.text)\" is no day; one such as 2026-11-01 is needed.")
        response.status = .badRequest
        return response
      }
    },
    Route(
      .get, "\(LedgerTab.Part.profit.path).csv", "profitFile", "What orders brought, as CSV.",
      audience: .session, query: fields, answer: .document
    ) { try await profitFile($0) },
  ]

  /// The totals are at the end of the file, as they are of all pages.
  private static func profitFile(_ call: RouteCall) async throws -> Response {
    var first: GetProfitRequest
    do {
      first = try request(call)
    } catch let error as Day.Unreadable {
      throw Query.refusal("from", "or until is \"\(error.text)\"; such as 2026-11-01 is needed")
    }
    first.pageSize = CSVFile.linesOfPage
    let (request, by) = (first, grouping(call).word)
    return try await CSVFile.response("profit-by-\(by)") { token in
      var next = request
      next.pageToken = token
      var answer = try await call.services.ledger.getProfit(next, options: call.options)
      if !answer.nextPageToken.isEmpty { answer.totals = [] }
      return (.profit(answer, by: by), answer.nextPageToken)
    }
  }

  private static func grouping(_ call: RouteCall) -> (
    word: String, label: String, grouping: ProfitGrouping
  ) {
    groupings.first { $0.word == call.query.text("by") } ?? groupings[0]
  }

  private static func request(_ call: RouteCall) throws -> GetProfitRequest {
    GetProfitRequest(
      environment: call.environment(), grouping: grouping(call).grouping,
      userID: call.userID(Int64(call.query.text("userId")) ?? 0),
      from: try Day.start(call.query.text("from")), until: try Day.start(call.query.text("until")),
      pageSize: 50, pageToken: call.query.pageToken)
  }

  private static func profitPage(
    _ call: RouteCall, _ request: GetProfitRequest, trouble: String
  ) async throws -> Response {
    let answer = try await call.services.ledger.getProfit(request, options: call.options)
    let chosen = grouping(call)
    let query = ["by", "userId", "from", "until", "environment"].map { ($0, call.query.text($0)) }
    return call.page(
      "profit", "Profit", .ledger,
      ProfitPage(
        tabs: LedgerTab.all(.profit, call), environment: call.environment().word,
        filters: filters(call, chosen.word), trouble: trouble, heading: chosen.label,
        lines: answer.lines.map { line(of: $0, chosen.word) },
        totals: answer.totals.map { line(of: $0, "") }, charts: charts(answer, chosen.word),
        exportPath: path("\(LedgerTab.Part.profit.path).csv", query),
        pager: Pager(call, LedgerTab.Part.profit.path, next: answer.nextPageToken, query)))
  }

  private static func filters(_ call: RouteCall, _ by: String) -> [FormField] {
    let isAdmin = call.session?.isAdmin == true
    let by = FormField(
      "by", "By",
      .list(
        groupings.filter { isAdmin || $0.grouping != .reseller }.map {
          (value: $0.word, label: $0.label)
        }), value: by)
    let from = FormField(
      "from", "From", .day, value: call.query.text("from"), isRequired: false)
    let until = FormField(
      "until", "Until before", .day, value: call.query.text("until"), isRequired: false)
    let reseller = FormField(
      "userId", "Reseller", value: call.query.text("userId"), isRequired: false,
      example: "Such as 42")
    return isAdmin ? [by, reseller, from, until] : [by, from, until]
  }

  /// A chart for each currency.
  private static func charts(_ answer: GetProfitResponse, _ by: String) -> [ProfitPage.Chart] {
    answer.totals.compactMap { total in
      let currency = total.gross?.currency ?? ""
      let lines = answer.lines.filter { $0.gross?.currency == currency }
      let shown = by == "month" ? lines.suffix(barsMax) : lines.prefix(barsMax)
      let chart = BarChart(
        title: "Profit by \(by) in \(currency), after refunds, fees and cost",
        bars: shown.map { line in
          .init(
            label: name(of: line.key, by), value: line.gross?.minorUnits ?? 0,
            shown: Shown.amount(line.gross).replacing(" \(currency)", with: ""))
        })
      return shown.isEmpty ? nil : .init(title: chart.title, svg: chart.svg)
    }
  }

  private static func line(of line: ProfitLine, _ by: String) -> ProfitPage.Line {
    .init(
      key: by.isEmpty ? "All" : name(of: line.key, by),
      path: by == "order" ? Look.path(ofOrder: line.key) : "", orders: "\(line.orders)",
      sales: Shown.amount(line.sales), refunds: Shown.positive(line.refunds),
      fees: Shown.amount(line.paymentFees), cost: Shown.amount(line.supplierCost),
      gross: Shown.amount(line.gross), isLoss: (line.gross?.minorUnits ?? 0) < 0,
      commission: Shown.amount(line.commission), share: Shown.amount(line.resellerShare))
  }

  /// A product's URL is named by its end.
  private static func name(of key: String, _ by: String) -> String {
    switch by {
    case "reseller": key == "0" ? "House" : "Reseller \(key)"
    case "product":
      key.isEmpty
        ? "Not sold yet"
        : String(key.split(separator: "/").last ?? "").replacing(".html", with: "")
    default: key.isEmpty ? "Not sold yet" : key
    }
  }
}
