import Contract
import Foundation
import Presentation

/// How values look on pages.
enum Look {
  /// `AWAITING_PAYMENT` is `Awaiting payment`.
  static func words(_ shortName: String) -> String {
    sentence(shortName.lowercased().replacing("_", with: " "))
  }

  /// A service's words as a sentence of their own begins. What begins with an id is left as it is.
  static func sentence(_ text: String) -> String {
    let first = text.prefix { $0 != " " }
    let isWord = first.allSatisfy { $0.isLetter || "',.:;".contains($0) }
    return isWord ? text.prefix(1).uppercased() + text.dropFirst() : text
  }

  static func tone(_ state: OrderState) -> String {
    switch state {
    case .delivered, .purchased, .shipped: "good"
    case .needsAttention: "bad"
    case .awaitingPayment, .paymentPending, .refunding: "warn"
    case .capturing, .paid, .purchasing: "busy"
    default: ""
    }
  }

  static func path(ofOrder orderID: String) -> String {
    "/console/orders/\(Console.encoded(orderID))"
  }

  /// As `<time datetime>` has it; empty for none.
  static func machineTime(_ time: Timestamp?) -> String {
    Shown.time(time).replacing(" ", with: "T")
  }
}
