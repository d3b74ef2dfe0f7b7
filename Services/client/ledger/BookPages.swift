import Contract
import Runtime

/// Accounts and sums as people read them.
enum BookPages {
  static func card(_ balance: Balance) -> String {
    Table.card([
      ("account", balance.account), ("environment", balance.environment.word),
      ("balance", Shown.amount(balance.balance)), ("pending", Shown.amount(balance.pending)),
      ("available", Shown.amount(balance.available)),
    ])
  }

  static func table(_ lines: [StatementLine]) -> String {
    var table = Table([.left("time"), .left("entry"), .right("amount"), .right("balance")])
    for line in lines {
      table.add([
        Shown.time(line.occurredAt), line.entryID, Shown.amount(line.amount),
        Shown.amount(line.balance),
      ])
    }
    return table.text(ifEmpty: "nothing went through this account")
  }

  /// The accounts, the sum of each currency, and the verdict.
  static func text(_ trial: TrialBalanceResponse) -> String {
    var table = Table([
      .left("account"), .right("debits"), .right("credits"), .right("balance"),
    ])
    for line in trial.lines {
      table.add([
        line.account, Shown.amount(line.debits), Shown.amount(line.credits),
        Shown.amount(line.balance),
      ])
    }
    for total in trial.totals {
      table.add([
        "total", Shown.amount(total.debits), Shown.amount(total.credits),
        Shown.amount(total.difference),
      ])
    }
    let isEven = trial.totals.allSatisfy { ($0.difference?.minorUnits ?? 0) == 0 }
    let entries = trial.entries == 1 ? "1 entry" : "\(trial.entries) entries"
    let verdict = isEven ? "balanced" : "NOT BALANCED: the books are wrong"
    return table.text(ifEmpty: "no accounts") + "\n\n\(verdict), \(entries), "
      + "head \(Shown.hex(trial.headHash))"
  }

  /// One entry of the journal.
  static func card(_ entry: JournalEntry?) -> String {
    guard let entry else { return "booked" }
    return Table.card(
      [
        ("entry", entry.entryID), ("kind", entry.kind),
        ("environment", entry.environment.word),
      ] + entry.postings.map { ("posting", Self.posting($0)) } + [
        ("happened", Shown.time(entry.occurredAt)), ("recorded", Shown.time(entry.recordedAt)),
      ])
  }

  /// Such as `20.00 USD paypal / buyerDeposits`: the debit account comes first.
  static func posting(_ posting: Posting) -> String {
    "\(Shown.amount(posting.amount)) \(posting.debitAccount) / \(posting.creditAccount)"
  }
}
