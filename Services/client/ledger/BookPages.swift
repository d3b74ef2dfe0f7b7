import Contract
import Presentation
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

  /// The accounts, and the sum of each currency.
  static func sheet(_ trial: TrialBalanceResponse) -> Sheet {
    var sheet = Sheet([
      ("account", .text), ("debits", .amount), ("credits", .amount), ("balance", .amount),
    ])
    for line in trial.lines {
      sheet.add([
        .text(line.account), .amount(line.debits), .amount(line.credits), .amount(line.balance),
      ])
    }
    for total in trial.totals {
      sheet.add([
        .text("total"), .amount(total.debits), .amount(total.credits), .amount(total.difference),
      ])
    }
    return sheet
  }

  static func verdict(_ trial: TrialBalanceResponse) -> String {
    let isEven = trial.totals.allSatisfy { ($0.difference?.minorUnits ?? 0) == 0 }
    let entries = trial.entries == 1 ? "1 entry" : "\(trial.entries) entries"
    let verdict = isEven ? "balanced" : "NOT BALANCED: the books are wrong"
    return "\(verdict), \(entries), head \(Shown.hex(trial.headHash))"
  }

  /// One line for each posting.
  static func sheet(_ entries: [JournalEntry]) -> Sheet {
    var sheet = Sheet([
      ("number", .number), ("time", .time), ("entry", .text), ("kind", .text), ("debit", .text),
      ("credit", .text), ("amount", .amount),
    ])
    for entry in entries {
      for posting in entry.postings {
        sheet.add([
          .number(entry.sequence), .time(entry.occurredAt), .text(entry.entryID),
          .text(entry.kind), .text(posting.debitAccount), .text(posting.creditAccount),
          .amount(posting.amount),
        ])
      }
    }
    return sheet
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
