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
    FaultKind("aliexpress.orderPlacedAnswerLost", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.orderPlacedAnswerSlow", .placing, [.placing, .unknown])
      .with(delays: [300, 2000]),
    FaultKind("aliexpress.5xxBeforePlacing", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.5xxAfterPlacing", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.ispErrorAfterPlacing", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.cutJSON", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.successWithoutIDs", .placing, [.placing, .unknown]),
    FaultKind("aliexpress.refuse", .placing, [.placing]).with(codes: [
      "INVENTORY_HOLD_ERROR", "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
      "PRICE_PAY_CURRENCY_ERROR",
      "BLACKLIST_BUYER_IN_LIST", "DELIVERY_METHOD_NOT_EXIST", "A001_ORDER_CANNOT_BE_PLACED",
      "A_CODE_OF_TOMORROW",
    ]),
    FaultKind("aliexpress.autoPayFails", .placing, [.placing]),
    FaultKind("aliexpress.severalIDs", .placing, [.placing]),
    FaultKind("aliexpress.textBooleans", .placing, [.placing]),
    FaultKind("aliexpress.textIDs", .placing, [.placing]),
    FaultKind("aliexpress.flatForm", .placing, [.placing]),
    FaultKind("aliexpress.singleObject", .placing, [.placing]),
  ]

  private static let payments: [FaultKind] = [
    FaultKind("paypal.createOrderAnswerLost", .payment, [.awaiting]),
    FaultKind("paypal.createOrder5xx", .payment, [.awaiting]),
    FaultKind("paypal.captureAnswerLost", .payment, [.capturing]),
    FaultKind("paypal.captureAnswerSlow", .payment, [.capturing]).with(delays: [300, 2000]),
    FaultKind("paypal.capture5xx", .payment, [.capturing]),
    FaultKind("paypal.capture5xxBefore", .payment, [.capturing]),
    FaultKind("paypal.captureAmountDiffers", .payment, [.capturing]),
    FaultKind("paypal.captureFeeMissing", .payment, [.capturing]).with(delays: [300, 2000]),
    FaultKind("paypal.capturePending", .payment, [.capturing]).with(delays: [300, 2000]),
    FaultKind("paypal.captureDeclined", .payment, [.capturing]),
    FaultKind("paypal.instrumentDeclined", .payment, [.capturing]),
    FaultKind("paypal.captureRefused", .payment, [.capturing]),
  ]

  private static let payouts: [FaultKind] =
    kinds(
      "paypal.payout",
      [
        "AnswerLost", "5xx", "5xxBefore", "Refused", "Denied", "Unclaimed", "Failed", "Returned",
        "Blocked", "OnHold", "AmountDiffers", "ItemMissing",
      ], .payout, [.payouts])
    + [
      FaultKind("paypal.payoutAnswerSlow", .payout, [.payouts]).with(delays: [300, 2000]),
      FaultKind("paypal.insufficientFunds", .payout, [.payouts]),
    ]

  private static let refunds: [FaultKind] =
    kinds("paypal.refund", ["AnswerLost", "5xx", "5xxBefore", "Refused"], .refund, [.refunding])
    + [
      FaultKind("paypal.refundAnswerSlow", .refund, [.refunding]).with(delays: [300, 2000]),
      FaultKind("paypal.refundPending", .refund, [.refunding]).with(delays: [300, 2000]),
      FaultKind("paypal.refundFailed", .refund, [.refunding]).with(delays: [0, 500]),
    ]

  private static let shop: [FaultKind] =
    kinds(
      "shop.", ["captchaAtPlacing", "error", "lostPage", "unpaid", "severalOrders"], .shop,
      [.placing])
    + kinds(
      "shop.",
      ["captcha", "sessionLost", "loginRefused", "soldOut", "priceChange", "noConfirm", "slow"],
      .shop, [.placing], isForOne: false)

  private static let anywhere: [FaultKind] =
    kinds(
      "aliexpress.",
      [
        "5xx", "answerLost", "answerCut", "apiCallLimit", "appApiCallLimit", "serviceUnavailable",
        "ispError", "gatewayError", "slow",
      ], .everybody, [.requested, .placing, .unpaid, .tokens], isForOne: false)
    + kinds(
      "aliexpress.", ["illegalAccessToken"], .everybody, [.requested, .placing, .unpaid],
      isForOne: false)
    + kinds(
      "paypal.",
      [
        "5xx", "answerLost", "answerCut", "rateLimit", "invalidToken", "requestInProgress", "slow",
      ], .everybody, [.awaiting, .capturing, .refunding, .payouts], isForOne: false)

  private static func kinds(
    _ prefix: String, _ names: [String], _ aim: Aim, _ stages: Set<Stage>, isForOne: Bool = true
  ) -> [FaultKind] {
    names.map { name in
      var kind = FaultKind(prefix + name, aim, stages)
      kind.isForOne = isForOne
      if name == "slow" { kind.delays = [1000] }
      return kind
    }
  }
}
