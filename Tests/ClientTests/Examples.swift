import Contract

/// One order in the middle of its life, as the services tell of it. Time starts at 2026-11-24 12:00.
enum Examples {
  static let noon: Int64 = 1_795_521_600_000

  static func time(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: noon + milliseconds)
  }

  static func usd(_ cents: Int64) -> Contract.Money { .init(minorUnits: cents, currency: "USD") }

  static let order = Order(
    orderID: "demo-1", state: .needsAttention, userID: 42, environment: .sandbox,
    listingID: "mug", productURL: "https://www.aliexpress.com/item/1005001000000001.html",
    skuID: "12000000000000001", quantity: 1, price: usd(2000),
    shipTo: Address(
      fullName: "Ada Lovelace", phone: "+14155550100", line1: "1 Market Street",
      city: "San Francisco", province: "California", postalCode: "94105", country: "US"),
    paypalOrderID: "5O1", approveURL: "https://example.com/approve", captureID: "2GG",
    paymentFee: usd(119), isCaptureBooked: true,
    waiting: Waiting(
      reason: Reason(
        code: "OUT_OF_STOCK", text: "the variant is sold out", owner: "reseller",
        providerCode: "B_INVENTORY"),
      since: time(2000), next: "retry, or refund", allowedActions: [.retry, .markPurchased]),
    createdAt: time(0), updatedAt: time(2000))

  static let events = [
    OrderEvent(
      sequence: 1, recordedAt: time(0), from: .unspecified, to: .awaitingPayment,
      cause: "checkedOut", actor: "operator:test"),
    OrderEvent(
      sequence: 2, recordedAt: time(1000), from: .awaitingPayment, to: .paid,
      cause: "captureCompleted", detail: "20.00 USD", actor: "system"),
    OrderEvent(
      sequence: 3, recordedAt: time(1000), from: .paid, to: .purchasing, cause: "purchaseStarted",
      actor: "system"),
    OrderEvent(
      sequence: 4, recordedAt: time(2000), from: .purchasing, to: .needsAttention,
      cause: "purchaseRefused", actor: "system"),
  ]

  static let purchase = Purchase(
    orderID: "demo-1", state: .refused, generation: 1, userID: 42, environment: .sandbox,
    path: "api", reason: Reason(code: "OUT_OF_STOCK", text: "sold out", owner: "reseller"),
    attempts: [
      Attempt(
        number: 1, generation: 1, path: "api", key: "demo-1-p1", outcome: .refused,
        reason: Reason(code: "OUT_OF_STOCK", text: "sold out", owner: "reseller"),
        startedAt: time(1100), endedAt: time(1900))
    ], createdAt: time(1050), updatedAt: time(2000))

  static let entries = [
    JournalEntry(
      entryID: "demo-1/capture", sequence: 2, kind: "capture", orderID: "demo-1",
      environment: .sandbox, occurredAt: time(900), recordedAt: time(1000),
      postings: [
        Posting(debitAccount: "paypal", creditAccount: "buyerDeposits", amount: usd(2000)),
        Posting(debitAccount: "paymentFees", creditAccount: "paypal", amount: usd(119)),
      ], hash: [1, 2])
  ]

  static let sale = Sale(
    orderID: "demo-1", userID: 42, environment: .sandbox, price: usd(2000), landedCost: usd(800),
    paymentFee: usd(119), gross: usd(581), commission: usd(58), net: usd(523),
    commissionRateBps: 1000, fundedBy: "reseller", occurredAt: time(2500),
    recordedAt: time(2600), refunded: usd(500), supplierRefunded: usd(0), held: usd(300),
    captureID: "2GG")

  static func profit(_ key: String) -> ProfitLine {
    ProfitLine(
      key: key, orders: 1, sales: usd(2000), refunds: usd(500), paymentFees: usd(119),
      supplierCost: usd(800), gross: usd(581), commission: usd(58), resellerShare: usd(523))
  }

  static let payouts = [
    Payout(
      payoutID: "demo-1/admin", orderID: "demo-1", payee: "admin", environment: .sandbox,
      state: .paid, due: usd(108), amount: usd(108), generation: 1,
      recipientEmail: "platform@example.com", createdAt: time(3000), updatedAt: time(64_000)),
    Payout(
      payoutID: "demo-1/reseller", orderID: "demo-1", payee: "reseller:42",
      environment: .sandbox, state: .pending, due: usd(1773),
      reason: Reason(
        code: "NO_RECIPIENT", text: "nobody said where the money goes", owner: "reseller"),
      createdAt: time(3000), updatedAt: time(3000)),
  ]

  static let trialBalance = TrialBalanceResponse(
    lines: [
      TrialBalanceLine(
        account: "buyerDeposits", debits: usd(0), credits: usd(2000), balance: usd(-2000)),
      TrialBalanceLine(
        account: "paymentFees", debits: usd(119), credits: usd(0), balance: usd(119)),
      TrialBalanceLine(
        account: "paypal", debits: usd(2000), credits: usd(119), balance: usd(1881)),
    ],
    totals: [TrialBalanceTotal(debits: usd(2119), credits: usd(2119), difference: usd(0))],
    entries: 1, headHash: [0xAB, 0x01])
}
