public import Outside

extension PayPalClient {
  /// PayPal's bounds of one question: 31 days, and 500 lines a page.
  private static let spanMilliseconds: Int64 = 31 * 86_400_000
  private static let pageLines = 500
  /// 10,000 lines are the most that one question shows.
  private static let linePagesMax = 20
  private static let tooMany = "RESULTSET_TOO_LARGE"
  /// A question about less time than this is not divided any more.
  private static let spanMillisecondsMin: Int64 = 60_000

  /// What came to the account and went from it in a time, whoever moved it. Changes nothing.
  ///
  /// A line takes up to three hours to be shown. Times that are too long for PayPal, or have too many
  /// lines, are asked for in parts. The application needs PayPal's permission for the transaction
  /// search; without it the refusal is NOT_AUTHORIZED.
  public func listTransactions(from: Int64, until: Int64) async -> Outcome<PayPalTransactionList> {
    var spans: [(from: Int64, until: Int64)] = []
    var start = from
    while start < until {
      let end = min(start + Self.spanMilliseconds, until)
      spans.append((start, end))
      start = end
    }
    spans.reverse()
    var (seen, list) = (Set<PayPalTransaction>(), PayPalTransactionList(transactions: []))
    while let span = spans.popLast() {
      switch await lines(from: span.from, until: span.until) {
      case .done(let part):
        list.transactions += part.transactions.filter { seen.insert($0).inserted }
        list.refreshedAt = [list.refreshedAt, part.refreshedAt].compactMap(\.self).min()
      case .refused(let refusal)
      where refusal.code == Self.tooMany && span.until - span.from > Self.spanMillisecondsMin:
        let middle = span.from + (span.until - span.from) / 2
        spans += [(middle, span.until), (span.from, middle)]
      case .refused(let refusal): return .refused(refusal)
      case .unknown(let text): return .unknown(text)
      }
    }
    return .done(list)
  }

  /// All pages of one question.
  private func lines(from: Int64, until: Int64) async -> Outcome<PayPalTransactionList> {
    var list = PayPalTransactionList(transactions: [])
    for page in 1...Self.linePagesMax {
      let outcome = await exchange(
        .listTransactions,
        path: "/v1/reporting/transactions?start_date=\(PayPalTime(milliseconds: from).text)"
          + "&end_date=\(PayPalTime(milliseconds: until).text)&fields=transaction_info"
          + "&page_size=\(Self.pageLines)&page=\(page)")
      let read = Self.read(outcome.flatMap(\.outcome), .listTransactions, as: Page.init(json:))
      switch read {
      case .done(let found):
        list.transactions += found.list.transactions
        list.refreshedAt = found.list.refreshedAt
        if page >= found.pages { return .done(list) }
      case .refused(let refusal): return .refused(refusal)
      case .unknown(let text): return .unknown(text)
      }
    }
    return .refused(
      Refusal(code: Self.tooMany, text: "PayPal shows more pages than one question has"))
  }

  private struct Page {
    let list: PayPalTransactionList
    let pages: Int64

    /// Nil when a line cannot be read.
    init?(json: JSON) {
      let elements = json["transaction_details"]?.elements ?? []
      let lines = elements.compactMap(PayPalTransaction.init(json:))
      guard lines.count == elements.count else { return nil }
      list = PayPalTransactionList(
        transactions: lines,
        refreshedAt: json["last_refreshed_datetime"]?.text.flatMap(PayPalTime.init(text:))?
          .milliseconds)
      pages = json["total_pages"]?.integer ?? 1
    }
  }
}
