public import Contract

/// What the ledger lists, with the columns that its files have everywhere.
extension Sheet {
  /// What went through an account.
  public static func statement(_ lines: [StatementLine]) -> Sheet {
    var sheet = Sheet([
      ("time", .time), ("entry", .text), ("amount", .amount), ("balance", .amount),
    ])
    for line in lines {
      sheet.add([
        .time(line.occurredAt), .text(line.entryID), .amount(line.amount),
        .amount(line.balance),
      ])
    }
    return sheet
  }

  public static func payouts(_ payouts: [Payout]) -> Sheet {
    var sheet = Sheet([
      ("payout", .text), ("payee", .text), ("state", .text), ("due", .amount),
      ("amount", .amount), ("sent to", .text), ("updated", .time), ("because", .text),
    ])
    for payout in payouts {
      sheet.add([
        .text(payout.payoutID), .text(payout.payee), .text(Shown.word(payout.state.shortName)),
        .amount(payout.due), .amount(payout.amount), .text(payout.recipientEmail),
        .time(payout.updatedAt), .text(Shown.reason(payout.reason)),
      ])
    }
    return sheet
  }

  /// What was earned, with the totals at the end.
  ///
  /// - Parameter key: what the lines are about: order, product, reseller or month.
  public static func profit(_ profit: GetProfitResponse, by key: String) -> Sheet {
    var sheet = Sheet([
      (key, .text), ("orders", .number), ("sales", .amount), ("refunds", .amount),
      ("fees", .amount), ("cost", .amount), ("gross", .amount), ("commission", .amount),
      ("resellers", .amount),
    ])
    func add(_ line: ProfitLine, _ name: String) {
      sheet.add([
        .text(name), .number(line.orders), .amount(line.sales), .amount(line.refunds),
        .amount(line.paymentFees), .amount(line.supplierCost), .amount(line.gross),
        .amount(line.commission), .amount(line.resellerShare),
      ])
    }
    for line in profit.lines {
      let isHouse = key == "reseller" && line.key == "0"
      add(line, isHouse ? "house" : line.key.isEmpty ? "not sold yet" : line.key)
    }
    for total in profit.totals { add(total, "total") }
    return sheet
  }
}
