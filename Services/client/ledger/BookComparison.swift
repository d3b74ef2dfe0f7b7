import Contract
import Foundation
import Presentation
import RPC

/// Compares what orders believes to be booked with what the ledger has, order by order.
///
/// Orders are read first, so that what is booked meanwhile is not missed in the ledger; what the
/// ledger knows beyond them is asked for by itself.
struct BookComparison {
  static let captureRule = "a captured payment is in the ledger as orders knows it"
  static let saleRule = "a sale is in the ledger as orders knows it"
  static let unknownRule = "a capture in the ledger belongs to an order"
  private static let pageSize: Int32 = 500
  /// A booking that takes longer than this is missing.
  private static let bookingMilliseconds: Int64 = 10 * 60 * 1000
  /// Why an order's capture is booked no earlier than it is given back.
  private static let unbookedReasons: Set<String> = ["CAPTURE_AMOUNT_DIFFERS", "CAPTURE_REFUNDED"]

  let session: Session

  func violations() async throws -> [Violation] {
    var (found, known, token) = ([Violation](), Set<String>(), "")
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    repeat {
      let page = try await session.orders.listOrders(
        ListOrdersRequest(pageSize: Self.pageSize, pageToken: token), options: session.options)
      let captured = page.orders.filter { !$0.captureID.isEmpty && $0.paymentFee != nil }
      known.formUnion(page.orders.map(\.orderID))
      if !captured.isEmpty {
        let booked = try await session.ledger.listCaptures(
          ListCapturesRequest(orderIDs: captured.map(\.orderID)), options: session.options)
        let byOrder = Dictionary(
          booked.sales.map { ($0.orderID, $0) }, uniquingKeysWith: { first, _ in first })
        for order in captured {
          found += Self.compare(order, byOrder[order.orderID], now: now)
        }
      }
      token = page.nextPageToken
    } while !token.isEmpty
    return found + (try await strangers(known))
  }

  /// Captures in the ledger whose order nobody knows.
  private func strangers(_ known: Set<String>) async throws -> [Violation] {
    var (found, token) = ([Violation](), "")
    repeat {
      let page = try await session.ledger.listCaptures(
        ListCapturesRequest(pageSize: Self.pageSize, pageToken: token), options: session.options)
      for sale in page.sales where !known.contains(sale.orderID) {
        do {
          _ = try await session.orders.getOrder(
            GetOrderRequest(orderID: sale.orderID), options: session.options)
        } catch let error as RPCError where error.code == .notFound {
          found.append(
            Violation(
              rule: Self.unknownRule, subject: sale.orderID,
              text: "orders does not know it; the ledger has \(Shown.amount(sale.price))"))
        }
      }
      token = page.nextPageToken
    } while !token.isEmpty
    return found
  }

  /// What differs about one captured order.
  static func compare(_ order: Order, _ booked: Sale?, now: Int64) -> [Violation] {
    func violation(_ rule: String, _ text: String) -> Violation {
      Violation(rule: rule, subject: order.orderID, text: text)
    }
    guard let booked else {
      let isLate = now - (order.updatedAt?.milliseconds ?? now) > bookingMilliseconds
      if order.isCaptureBooked {
        return [violation(captureRule, "orders has told it, the ledger does not have it")]
      }
      let waitsForPerson = unbookedReasons.contains(order.waiting?.reason?.code ?? "")
      return isLate && !waitsForPerson ? [violation(captureRule, "it is not booked yet")] : []
    }
    let pairs = [
      ("capture", order.captureID, booked.captureID),
      (
        "what was captured", Shown.amount(order.capturedAmount ?? order.price),
        Shown.amount(booked.price)
      ),
      ("payment fee", Shown.amount(order.paymentFee), Shown.amount(booked.paymentFee)),
      ("reseller", "\(order.userID)", "\(booked.userID)"),
      ("environment", order.environment.name, booked.environment.name),
    ]
    var found = pairs.filter { $0.1 != $0.2 }.map {
      violation(captureRule, "\($0.0) is \($0.1) in orders, \($0.2) in the ledger")
    }
    guard order.isSaleBooked else { return found }
    if booked.landedCost == nil {
      found.append(violation(saleRule, "orders has told it, the ledger does not have it"))
    } else if booked.landedCost != order.landedCost {
      found.append(
        violation(
          saleRule,
          "landed cost is \(Shown.amount(order.landedCost)) in orders, "
            + "\(Shown.amount(booked.landedCost)) in the ledger"))
    }
    return found
  }
}
