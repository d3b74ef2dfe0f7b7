import Contract
import Foundation
import Support
import Testing

/// What the outside world and the ledger say about one finished order, for comparison.
struct Books: Equatable {
  /// The journal lines of the order: entry id without the order's own id, and its postings.
  var journal: Set<String>
  var sale: [Int64]
  var payouts: [String]
}

extension Shop {
  /// Reads the books of a finished order, with its own id replaced by `ORDER`.
  func books(_ orderID: String) async throws -> Books {
    let options = Shop.asOperator
    let sale = try await cluster.ledger.getSale(.init(orderID: orderID), options: options)
    var text: [UInt8] = []
    let stream = cluster.ledger.exportJournal(
      .init(format: .csv, environment: .sandbox, orderID: orderID), options: options)
    for try await piece in stream { text += piece.text }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").dropFirst()
    let journal = lines.map { line in Self.stable(String(line), orderID: orderID) }
    let payouts = try await payouts(orderID).map { payout in
      "\(payout.payee) \(payout.state.name) \(payout.amount?.minorUnits ?? 0) \(payout.generation)"
    }
    return Books(
      journal: Set(journal),
      sale: [
        sale.price, sale.landedCost, sale.paymentFee, sale.gross, sale.commission, sale.net,
      ].map { $0?.minorUnits ?? 0 },
      payouts: payouts.sorted())
  }

  /// A CSV line of the journal without what differs between two runs: ids, times, hashes, numbers.
  private static func stable(_ line: String, orderID: String) -> String {
    line.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.replacing(orderID, with: "ORDER") }
      .filter { field in
        !field.contains("T") || !field.hasSuffix("Z")
      }
      .dropFirst()
      .filter { $0.count < 60 }
      .joined(separator: ",")
  }

  /// Expects that out there exactly one capture, one supplier order and one transfer per payee exist.
  func expectOnce(_ orderID: String, truth: SandboxControl.Truth) {
    let captures = truth.paypal.captures.filter { $0.customID == orderID }
    #expect(captures.count == 1, "captures of \(orderID)")
    let bought = truth.aliexpress.orders.filter { $0.outOrderID.hasPrefix("\(orderID)-p") }
    #expect(bought.count == 1, "supplier orders of \(orderID)")
    for payee in ["admin", "reseller"] {
      let sent = truth.paypal.payouts.filter {
        $0.senderItemID.hasPrefix("\(orderID)-\(payee)-") && $0.status == "SUCCESS"
      }
      #expect(sent.count == 1, "transfers of \(orderID) to \(payee)")
    }
  }

  /// Expects that the books balance, in every currency, and that nothing of finished orders is left
  /// in the clearing accounts.
  func expectBalanced() async throws {
    let trial = try await cluster.ledger.trialBalance(
      .init(environment: .sandbox, currency: ""), options: Shop.asOperator)
    #expect(!trial.totals.isEmpty)
    for total in trial.totals { #expect(total.difference?.minorUnits == 0) }
    for line in trial.lines where ["buyerDeposits", "payoutsInTransit"].contains(line.account) {
      #expect(line.balance?.minorUnits == 0, "\(line.account)")
    }
    let verified = try await cluster.ledger.verifyJournal(.init(), options: Shop.asOperator)
    #expect(verified.isValid, "first bad entry: \(verified.firstBadEntryID)")
  }
}
