/// A way in which the outside world misbehaves in this run: a row of the table.
struct FaultKind: Sendable {
  /// What an order must be for a fault that is aimed at it to hit.
  enum Aim: Sendable {
    /// Any order, at its payment.
    case payment
    /// An order that is placed with the supplier's API.
    case placing
    /// An order whose payouts are sent.
    case payout
    /// An order whose payment goes back.
    case refund
    /// An order that is bought in the shop's pages.
    case shop
    /// No order: every call may be hit.
    case everybody
  }

  let name: String
  let aim: Aim
  /// Where it can hit: the cells of its row.
  let stages: Set<Stage>
  /// Names of supplier errors to choose from.
  var codes: [String] = []
  /// How late an answer comes, in milliseconds.
  var delays: [Int64] = []
  /// Whether the calls that it hits name an order.
  var isForOne = true

  private init(_ name: String, _ aim: Aim, _ stages: Set<Stage>) {
    (self.name, self.aim, self.stages) = (name, aim, stages)
  }

  private func with(codes: [String] = [], delays: [Int64] = []) -> FaultKind {
    var kind = self
    (kind.codes, kind.delays) = (codes, delays)
    return kind
  }

  static let all = supplier + payments + payouts + refunds + shop + anywhere

  private static let supplier: [FaultKind] = [
    .init("aliexpress.orderPlacedAnswerLost", .placing, [.placing, .unknown]),
    .init("aliexpress.orderPlacedAnswerSlow", .placing, [.placing, .unknown])
      .with(delays: [300, 2000]),
    .init("aliexpress.5xxBeforePlacing", .placing, [.placing, .unknown]),
    .init("aliexpress.5xxAfterPlacing", .placing, [.placing, .unknown]),
    .init("aliexpress.ispErrorAfterPlacing", .placing, [.placing, .unknown]),
    .init("aliexpress.cutJSON", .placing, [.placing, .unknown]),
    .init("aliexpress.successWithoutIDs", .placing, [.placing, .unknown]),
    .init("aliexpress.refuse", .placing, [.placing]).with(codes: [
      "INVENTORY_HOLD_ERROR", "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
      "PRICE_PAY_CURRENCY_ERROR",
      "BLACKLIST_BUYER_IN_LIST", "DELIVERY_METHOD_NOT_EXIST", "A001_ORDER_CANNOT_BE_PLACED",
      "A_CODE_OF_TOMORROW",
    ]),
    .init("aliexpress.autoPayFails", .placing, [.placing]),
    .init("aliexpress.severalIDs", .placing, [.placing]),
    .init("aliexpress.textBooleans", .placing, [.placing]),
    .init("aliexpress.textIDs", .placing, [.placing]),
    .init("aliexpress.flatForm", .placing, [.placing]),
    .init("aliexpress.singleObject", .placing, [.placing]),
  ]

  private static let payments: [FaultKind] = [
    .init("paypal.createOrderAnswerLost", .payment, [.awaiting]),
    .init("paypal.createOrder5xx", .payment, [.awaiting]),
    .init("paypal.captureAnswerLost", .payment, [.capturing]),
    .init("paypal.captureAnswerSlow", .payment, [.capturing]).with(delays: [300, 2000]),
    .init("paypal.capture5xx", .payment, [.capturing]),
    .init("paypal.capture5xxBefore", .payment, [.capturing]),
    .init("paypal.captureAmountDiffers", .payment, [.capturing]),
    .init("paypal.captureFeeMissing", .payment, [.capturing]),
    .init("paypal.capturePending", .payment, [.capturing]).with(delays: [300, 2000]),
    .init("paypal.captureDeclined", .payment, [.capturing]),
    .init("paypal.instrumentDeclined", .payment, [.capturing]),
    .init("paypal.captureRefused", .payment, [.capturing]),
  ]

  private static let payouts: [FaultKind] =
    [
      "AnswerLost", "5xx", "5xxBefore", "Refused", "Denied", "Unclaimed", "Failed", "Returned",
      "Blocked", "OnHold", "AmountDiffers", "ItemMissing",
    ].map { .init("paypal.payout\($0)", .payout, [.payouts]) } + [
      .init("paypal.payoutAnswerSlow", .payout, [.payouts]).with(delays: [300, 2000]),
      .init("paypal.insufficientFunds", .payout, [.payouts]),
    ]

  private static let refunds: [FaultKind] =
    [
      "AnswerLost", "5xx", "5xxBefore", "Refused",
    ].map { .init("paypal.refund\($0)", .refund, [.refunding]) } + [
      .init("paypal.refundAnswerSlow", .refund, [.refunding]).with(delays: [300, 2000]),
      .init("paypal.refundPending", .refund, [.refunding]).with(delays: [300, 2000]),
      .init("paypal.refundFailed", .refund, [.refunding]).with(delays: [0, 500]),
    ]

  private static let shop: [FaultKind] =
    [
      "captchaAtPlacing", "error", "lostPage", "unpaid", "severalOrders",
    ].map { .init("shop.\($0)", .shop, [.placing]) }
    + [
      "captcha", "sessionLost", "loginRefused", "soldOut", "priceChange", "noConfirm", "slow",
    ].map { (name: String) -> FaultKind in
      var kind = FaultKind("shop.\(name)", .shop, [.placing])
      kind.isForOne = false
      if name == "slow" { kind.delays = [1000] }
      return kind
    }

  private static let anywhere: [FaultKind] =
    [
      "5xx", "answerLost", "answerCut", "apiCallLimit", "appApiCallLimit", "serviceUnavailable",
      "ispError", "gatewayError", "slow",
    ].map {
      let kind = FaultKind(
        "aliexpress.\($0)", .everybody, [.requested, .placing, .unpaid, .tokens])
      return $0 == "slow" ? kind.with(delays: [200, 1500]) : kind
    } + [
      .init("aliexpress.illegalAccessToken", .everybody, [.requested, .placing, .unpaid])
    ]
    + ["5xx", "answerLost", "answerCut", "rateLimit", "invalidToken", "slow"].map {
      let kind = FaultKind(
        "paypal.\($0)", .everybody, [.awaiting, .capturing, .refunding, .payouts])
      return $0 == "slow" ? kind.with(delays: [200, 1500]) : kind
    } + [
      .init("paypal.requestInProgress", .everybody, [.awaiting, .capturing, .refunding, .payouts])
    ]
}
