import Contract
import Foundation
import Presentation
import RPC

/// Holds the supplier's orders, as purchasing knows them, against the ledger's sales.
///
/// Purchases are read first, so that what is booked meanwhile is not missed among the sales.
struct PurchaseComparison {
  private static let pageSize: Int32 = 500
  /// A sale that is not booked after this long is missing.
  private static let bookingMilliseconds: Int64 = 10 * 60 * 1000

  let session: Session
  let environment: Contract.Environment
  /// Of the purchases' making, in milliseconds since the epoch; `until` is outside.
  let from: Int64
  let until: Int64

  func lines() async throws -> [ReconcileLine] {
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    var (lines, known, token) = ([ReconcileLine](), Set<String>(), "")
    repeat {
      let page = try await session.purchasing.listPurchases(
        ListPurchasesRequest(pageSize: Self.pageSize, pageToken: token), options: session.options)
      known.formUnion(page.purchases.map(\.orderID))
      let asked = page.purchases.filter { $0.environment == environment && isAsked($0.createdAt) }
      if !asked.isEmpty {
        let booked = try await session.ledger.listCaptures(
          ListCapturesRequest(orderIDs: asked.map(\.orderID)), options: session.options)
        let sales = Dictionary(
          booked.sales.map { ($0.orderID, $0) }, uniquingKeysWith: { first, _ in first })
        for purchase in asked {
          let sale = sales[purchase.orderID]
          guard let line = Self.compare(purchase, sale, now: now) else { continue }
          let isUnexplained = purchase.state != .purchased && sale != nil
          lines.append(isUnexplained ? try await boughtByHand(line) : line)
        }
      }
      token = page.nextPageToken
    } while !token.isEmpty
    return lines + (try await strangers(known, now))
  }

  private func isAsked(_ time: Timestamp?) -> Bool {
    guard let time else { return true }
    return from <= time.milliseconds && time.milliseconds < until
  }

  /// Sales whose goods nobody bought.
  private func strangers(_ known: Set<String>, _ now: Int64) async throws -> [ReconcileLine] {
    var (lines, token) = ([ReconcileLine](), "")
    repeat {
      let page = try await session.ledger.listSales(
        ListSalesRequest(pageSize: Self.pageSize, pageToken: token), options: session.options)
      for sale in page.sales
      where sale.environment == environment && !known.contains(sale.orderID)
        && isAsked(sale.recordedAt)
      {
        var line = ReconcileLine(
          kind: .purchase, reason: .notAtProvider, subject: sale.orderID, booked: sale.landedCost,
          text: "a sale is booked, purchasing knows no purchase for it")
        line.date(sale.recordedAt, now: now)
        lines.append(try await boughtByHand(line))
      }
      token = page.nextPageToken
    } while !token.isEmpty
    return lines
  }

  /// A sale whose goods purchasing did not buy: orders may know that a person did.
  private func boughtByHand(_ line: ReconcileLine) async throws -> ReconcileLine {
    do {
      return Self.compare(
        line,
        try await session.orders.getOrder(
          GetOrderRequest(orderID: line.subject), options: session.options))
    } catch let error as RPCError where error.code == .notFound {
      return line
    }
  }

  /// What is open by purchasing, held against what a person told orders.
  static func compare(_ line: ReconcileLine, _ order: Order) -> ReconcileLine {
    guard order.purchasePath == "person" else { return line }
    var line = line
    line.providerID = order.supplierOrderIDs.joined(separator: " ")
    line.reported = order.landedCost
    let isSame = line.booked == order.landedCost
    line.reason = isSame ? .matched : .amountDiffers
    line.text =
      isSame
      ? "a person bought it"
      : "a person bought it for \(Shown.amount(order.landedCost)), booked "
        + Shown.amount(line.booked)
    return line
  }

  /// Nil for a purchase that came to nothing, and of which nothing is booked.
  static func compare(_ purchase: Purchase, _ sale: Sale?, now: Int64) -> ReconcileLine? {
    var line = ReconcileLine(
      kind: .purchase, reason: .matched, subject: purchase.orderID,
      providerID: purchase.supplierOrderIDs.joined(separator: " "), booked: sale?.landedCost,
      reported: purchase.landedCost)
    line.date(purchase.updatedAt ?? purchase.createdAt, now: now)
    guard purchase.state == .purchased else {
      if sale?.landedCost == nil { return nil }
      line.reason = .stateDiffers
      line.text = "a sale is booked, the purchase is \(Shown.word(purchase.state.shortName))"
      return line
    }
    guard let sale, let booked = sale.landedCost else {
      let isLate = line.ageSeconds * 1000 > bookingMilliseconds
      line.reason = isLate ? .notInBooks : .notYetShown
      line.text = "it is bought, no sale is booked"
      return line
    }
    if booked != purchase.landedCost {
      line.reason = .amountDiffers
      line.text =
        "the supplier took \(Shown.amount(purchase.landedCost)), booked \(Shown.amount(booked))"
    } else if sale.fundedBy != purchase.fundedBy {
      line.reason = .stateDiffers
      line.text = "the \(purchase.fundedBy) paid the supplier, booked the \(sale.fundedBy)"
    }
    return line
  }
}

extension ReconcileLine {
  /// Says since when, and how old that is.
  fileprivate mutating func date(_ time: Timestamp?, now: Int64) {
    since = time
    ageSeconds = max(0, now - (time?.milliseconds ?? now)) / 1000
  }
}
