import Contract
import Money

/// What a buyer bought: one listing's product, so many of it, to one address.
///
/// **Invariant:** product, price, quantity and the checkout's address never change after checkout.
/// Where an order stands (`progress`) changes only by an event of `OrderMachine`.
struct Order: Hashable, Sendable {
  /// Where an order stands; its raw value is stored.
  enum State: String, Sendable, CaseIterable {
    case awaitingPayment = "AWAITING_PAYMENT"
    case capturing = "CAPTURING"
    case paymentPending = "PAYMENT_PENDING"
    case paid = "PAID"
    case purchasing = "PURCHASING"
    case purchased = "PURCHASED"
    case shipped = "SHIPPED"
    case delivered = "DELIVERED"
    case needsAttention = "NEEDS_ATTENTION"
    case refunding = "REFUNDING"
    case refunded = "REFUNDED"
    case cancelled = "CANCELLED"
    case expired = "EXPIRED"
  }

  /// What kind of help an order needs; decides which actions are allowed. Stored by its raw value.
  enum Attention: String, Sendable, CaseIterable {
    /// What PayPal captured is not what the order costs.
    case captureDiffers = "CAPTURE_DIFFERS"
    /// Nobody knows whether the buyer's money was captured.
    case captureUnknown = "CAPTURE_UNKNOWN"
    /// Purchasing never took the request; its generation is still unused.
    case purchaseNotTaken = "PURCHASE_NOT_TAKEN"
    /// The supplier certainly has no order under this generation.
    case purchaseRefused = "PURCHASE_REFUSED"
    /// Nobody knows whether the supplier has an order.
    case purchaseUnknown = "PURCHASE_UNKNOWN"
    /// The ledger refuses to book it.
    case bookingRefused = "BOOKING_REFUSED"
    /// PayPal certainly gives nothing back under this generation.
    case refundRefused = "REFUND_REFUSED"
    /// Nobody knows whether the buyer has the money back.
    case refundUnknown = "REFUND_UNKNOWN"
  }

  /// What the state machine decides from and about.
  struct Progress: Hashable, Sendable {
    var state: State
    /// Set in NEEDS_ATTENTION, and only there.
    var attention: Attention?
    /// Number of the newest capture: `<order>-c<n>`.
    var paymentGeneration = 1
    /// Number of the newest purchase: `<order>-p<n>`.
    var purchaseGeneration = 1
    /// Number of the newest refund: `<order>-r<n>`.
    var refundGeneration = 1
    var isCaptureBooked = false
    var isSaleBooked = false
    var isRefundBooked = false
    /// Whether a person wants the order ended; honoured once it is certain that nothing was bought.
    var isCancelRequested = false
  }

  let orderID: String
  let listingID: String
  /// The reseller; 0 for a house order.
  let userID: Int64
  let environment: Contract.Environment
  let productURL: String
  let skuID: String
  let title: String
  let quantity: Int
  /// What the buyer pays for all of it.
  let price: Amount
  /// As given at checkout.
  let checkoutAddress: Address
  /// As corrected by a person since.
  let correctedAddress: Address?
  let returnURL: String
  let cancelURL: String

  let progress: Progress

  /// Empty until PayPal has made its order.
  let payPalOrderID: String
  let approveURL: String
  let captureID: String
  /// What PayPal kept; known from PAID on.
  let paymentFee: Amount?
  let capturedAt: Int64
  /// What PayPal captured; the price, unless the order needs attention for it. Nil while not known.
  var captured: Amount?
  /// When the newest capture was asked for; milliseconds since the epoch.
  let captureRequestedAt: Int64

  /// What a person allows the purchase to cost, in place of the rule.
  let raisedCeiling: Amount?
  let supplierOrderIDs: [String]
  /// What the supplier charged; known from PURCHASED on.
  let landedCost: Amount?
  let purchasePath: String
  /// Who paid the supplier: reseller or platform.
  let fundedBy: String
  let purchasedAt: Int64
  /// When a cancellation was asked for that could not be done at once; 0 when none was.
  let cancelRequestedAt: Int64
  var refund = Refunding()
  var shipment = Shipment()
  let createdAt: Int64
  let updatedAt: Int64
  /// What it waits for besides what its state says; what a person must cure comes first.
  let waits: [Wait]
}

extension Order {
  var state: State { progress.state }
  /// Where the goods go.
  var shipTo: Address { correctedAddress ?? checkoutAddress }

  /// `PayPal-Request-Id` of the order's creation. PayPal keeps it for six hours.
  var creationKey: String { "\(orderID)-o1" }
  /// `PayPal-Request-Id` of the newest capture.
  var captureKey: String { "\(orderID)-c\(progress.paymentGeneration)" }
}

extension Order.State {
  var contract: OrderState {
    switch self {
    case .awaitingPayment: .awaitingPayment
    case .capturing: .capturing
    case .paymentPending: .paymentPending
    case .paid: .paid
    case .purchasing: .purchasing
    case .purchased: .purchased
    case .shipped: .shipped
    case .delivered: .delivered
    case .needsAttention: .needsAttention
    case .refunding: .refunding
    case .refunded: .refunded
    case .cancelled: .cancelled
    case .expired: .expired
    }
  }

  /// Nil for the unspecified and the unknown of the contract.
  init?(_ contract: OrderState) {
    guard let state = Self.allCases.first(where: { $0.contract == contract }) else { return nil }
    self = state
  }

  /// Whether the buyer's money is not settled yet.
  var isBeforePayment: Bool {
    switch self {
    case .awaitingPayment, .capturing, .paymentPending: true
    case .paid, .purchasing, .purchased, .shipped, .delivered, .needsAttention, .refunding,
      .refunded, .cancelled, .expired:
      false
    }
  }
}
