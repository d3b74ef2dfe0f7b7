import Contract
import Money
import Runtime

/// Requests that record something, read once at the border.
extension LedgerService {
  func read(_ request: RecordCaptureRequest) throws(InvalidFields) -> (Capture, Int64?) {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let userID = fields.userID(request.userID)
    let environment = fields.environment(request.environment)
    let price = fields.amount("price", request.price, .positive)
    let fee = fields.amount("payment_fee", request.paymentFee, .zeroOrMore, like: price)
    let captureID = fields.text("capture_id", request.captureID, isRequired: true)
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    try fields.finish()
    guard let orderID, let userID, let environment, let price, let fee, let captureID else {
      throw fields.refusal
    }
    let capture = Capture(
      orderID: orderID, userID: userID, environment: environment, price: price, paymentFee: fee,
      captureID: captureID)
    return (capture, occurredAt)
  }

  func read(_ request: RecordSaleRequest) throws(InvalidFields) -> (NewSale, Int64?) {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let userID = fields.userID(request.userID)
    let environment = fields.environment(request.environment)
    let price = fields.amount("price", request.price, .positive)
    let cost = fields.amount("landed_cost", request.landedCost, .zeroOrMore, like: price)
    let fee = fields.amount("payment_fee", request.paymentFee, .zeroOrMore, like: price)
    let funder = Funder(rawValue: request.fundedBy)
    if funder == nil {
      fields.reject(
        "funded_by", "is \"\(request.fundedBy.prefix(60))\"; it must be reseller or platform")
    } else if funder == .reseller && userID == 0 {
      fields.reject("funded_by", "is reseller; an order without user_id is funded by platform")
    }
    let productURL = fields.text("product_url", request.productURL)
    let marketplace = fields.text("marketplace", request.marketplace)
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    try fields.finish()
    guard let orderID, let userID, let environment, let price, let cost, let fee, let funder,
      let productURL, let marketplace
    else { throw fields.refusal }
    let sale = NewSale(
      orderID: orderID, userID: userID, environment: environment, price: price,
      landedCost: cost, paymentFee: fee, fundedBy: funder, productURL: productURL,
      marketplace: marketplace)
    return (sale, occurredAt)
  }

  func read(_ request: RecordFundingRequest) throws(InvalidFields) -> (Funding, Int64?) {
    var fields = Fields()
    let fundingID = fields.id("funding_id", request.fundingID)
    let environment = fields.environment(request.environment)
    let amount = fields.amount("amount", request.amount, .positive)
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    var direction: Funding.Direction?
    switch request.direction {
    case .topUp: direction = .topUp
    case .withdrawal: direction = .withdrawal
    case .unspecified, .unrecognized:
      fields.reject("direction", "is \(request.direction.name); it must be TOP_UP or WITHDRAWAL")
    }
    try fields.finish()
    guard let fundingID, let environment, let amount, let direction else { throw fields.refusal }
    return (
      Funding(
        fundingID: fundingID, environment: environment, direction: direction, amount: amount),
      occurredAt
    )
  }

  func read(_ request: RecordRefundRequest) throws(InvalidFields) -> (Refund, Int64?) {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let refundID = fields.id("refund_id", request.refundID)
    let refunded = fields.amount("refunded", request.refunded, .zeroOrMore)
    var supplier = refunded.map { Amount.zero($0.currency) }
    if request.supplierRefund != nil {
      supplier = fields.amount(
        "supplier_refund", request.supplierRefund, .zeroOrMore, like: refunded)
    }
    if let refunded, let supplier, refunded.isZero, supplier.isZero {
      fields.reject("refunded", "is zero, and so is supplier_refund; one must be positive")
    }
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    try fields.finish()
    guard let orderID, let refundID, let refunded, let supplier else { throw fields.refusal }
    return (
      Refund(
        refundID: refundID, orderID: orderID, refunded: refunded, supplierRefunded: supplier),
      occurredAt
    )
  }

  func read(_ request: RecordDisputeRequest) throws(InvalidFields) -> (Dispute, Int64?) {
    var fields = Fields()
    let orderID = fields.id("order_id", request.orderID)
    let disputeID = fields.disputeID(request.disputeID)
    var state: Dispute.State?
    switch request.state {
    case .opened: state = .opened
    case .won: state = .won
    case .lost: state = .lost
    case .unspecified, .unrecognized:
      fields.reject("state", "is \(request.state.name); it must be OPENED, WON or LOST")
    }
    let amount = state == .won ? nil : fields.amount("amount", request.amount, .positive)
    var fee: Amount?
    if state == .lost, request.fee != nil {
      fee = fields.amount("fee", request.fee, .zeroOrMore, like: amount)
    }
    let occurredAt = fields.time("occurred_at", request.occurredAt)
    try fields.finish()
    guard let orderID, let disputeID, let state else { throw fields.refusal }
    return (
      Dispute(disputeID: disputeID, orderID: orderID, state: state, amount: amount, fee: fee),
      occurredAt
    )
  }
}
