import Contract
import Foundation
import Presentation

/// How values look on pages.
enum Look {
  /// `AWAITING_PAYMENT` is `Awaiting payment`.
  static func words(_ shortName: String) -> String {
    let words = shortName.lowercased().replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  /// A service's words as a sentence of their own begins.
  static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
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

  /// Such as `850 us`, `12.3 ms`, `4.5 s`.
  static func duration(_ nanoseconds: Int64) -> String {
    func tenths(_ tenths: Int64) -> String { "\(tenths / 10).\(tenths % 10)" }
    return switch nanoseconds {
    case ..<1_000_000: "\(nanoseconds / 1000) us"
    case ..<1_000_000_000: "\(tenths(nanoseconds / 100_000)) ms"
    default: "\(tenths(nanoseconds / 100_000_000)) s"
    }
  }
}
