/// Every code that AliExpress is known to answer with, and what it means for an order.
///
/// Sources: AliExpress Open Platform, pages of aliexpress.ds.order.create (error codes),
/// aliexpress.ds.product.get, aliexpress.ds.freight.query and of the gateway's error codes.
enum ReasonCatalogue {
  /// What a code proves about the call that it answers.
  enum Certainty: Hashable, Sendable {
    /// Refused, and refused again when repeated as it is.
    case definite
    /// Certainly not accepted, for a passing reason: the same key may be sent again.
    case transient
    /// Refused, with a little doubt about the cause: the same key once more, then it is over.
    case doubtful
    /// It may have been placed.
    case ambiguous
  }

  struct Entry: Hashable, Sendable {
    let providerCode: String
    let certainty: Certainty
    let code: PurchaseReason.Code
    let owner: PurchaseReason.Owner
    /// What it means, for a person.
    let text: String
    /// What to do about it, where the API stays closed until it is done.
    let advice: String
    /// The gateway's own check, made before the order is looked at: it says nothing about an
    /// earlier sending under the same key.
    let isGateway: Bool
  }

  /// The entry of a code of the gateway or of a placing; of unknown codes, TOP's prefixes tell whose
  /// fault it is.
  static func entry(_ providerCode: String) -> Entry? {
    if let known = byCode[providerCode] { return known }
    if providerCode.hasPrefix("isv.") {
      return gateway(
        providerCode, .definite, .requestRefused, .platform,
        "AliExpress finds the request wrong; see its message")
    }
    if providerCode.hasPrefix("isp.") {
      return gateway(
        providerCode, .ambiguous, .supplierUnavailable, .nobody, "AliExpress failed inside")
    }
    return nil
  }

  /// The entry of a code with which a question about a product or its delivery is answered. The
  /// same number under a placing means something else.
  static func readingEntry(_ providerCode: String) -> Entry? {
    readingCodes.first { $0.providerCode == providerCode } ?? entry(providerCode)
  }

  /// The entry of a code with which an exchange of tokens is answered.
  static func tokenEntry(_ providerCode: String) -> Entry? {
    tokenCodes.first { $0.providerCode == providerCode } ?? entry(providerCode)
  }

  static let placingCodes: [Entry] = gatewayCodes + orderCodes

  private static let byCode = Dictionary(
    placingCodes.map { ($0.providerCode, $0) }, uniquingKeysWith: { first, _ in first })

  static func gateway(
    _ providerCode: String, _ certainty: Certainty, _ code: PurchaseReason.Code,
    _ owner: PurchaseReason.Owner, _ text: String, advice: String = ""
  ) -> Entry {
    Entry(
      providerCode: providerCode, certainty: certainty, code: code, owner: owner, text: text,
      advice: advice, isGateway: true)
  }

  private static func order(
    _ providerCode: String, _ certainty: Certainty, _ code: PurchaseReason.Code,
    _ owner: PurchaseReason.Owner, _ text: String
  ) -> Entry {
    Entry(
      providerCode: providerCode, certainty: certainty, code: code, owner: owner, text: text,
      advice: "", isGateway: false)
  }

  private static let putCredentials = "put new credentials for this reseller"

  /// The API is closed to this application or token; another way to buy would not be.
  private static let closedDoors: [Entry] = [
    closed("IncompleteSignature", .reseller, "the application's secret does not fit its key"),
    closed(illegalAccessToken, .reseller, "the access token is invalid or expired"),
    closed("InvalidAppkey", .reseller, "AliExpress does not know the application key"),
    closed(
      "InsufficientPermission", .reseller, "the application may not use this method",
      advice: "request the dropshipping permission in AliExpress' console"),
    closed(
      "InvalidApiPath", .platform, "AliExpress does not offer this method",
      advice: "tell those who maintain this program"),
    closed(
      "AppWhiteIpLimit", .platform, "this machine's address is not on the application's list",
      advice: "add it in AliExpress' console"),
  ]

  private static func closed(
    _ providerCode: String, _ owner: PurchaseReason.Owner, _ text: String,
    advice: String = putCredentials
  ) -> Entry {
    gateway(providerCode, .definite, .browserNotConfigured, owner, text, advice: advice)
  }

  private static let waits = "AliExpress limits the calls; it is tried again"
  private static let unavailable = "AliExpress failed inside"

  private static let gatewayCodes: [Entry] =
    closedDoors + [
      gateway(
        "MissingParameter", .definite, .requestRefused, .platform, "AliExpress misses a parameter"),
      gateway(
        "InvalidParameter", .definite, .requestRefused, .platform,
        "AliExpress finds a parameter wrong"),
      gateway("ApiCallLimit", .transient, .rateLimited, .nobody, waits),
      gateway("AppApiCallLimit", .transient, .rateLimited, .nobody, waits),
      gateway("AppCallLimit", .transient, .rateLimited, .nobody, waits),
      gateway("SellerCallLimit", .transient, .rateLimited, .nobody, waits),
      gateway("ServiceTimeout", .ambiguous, .supplierUnavailable, .nobody, unavailable),
      gateway("ServiceUnavailable", .ambiguous, .supplierUnavailable, .nobody, unavailable),
      gateway("InternalError", .ambiguous, .supplierUnavailable, .nobody, unavailable),
    ]

  private static let address = "AliExpress refuses the address; correct it and try again"
  private static let taxID = "AliExpress refuses the tax number; correct it and try again"
  private static let account =
    "AliExpress refuses the reseller's buyer account; AliExpress' support must clear it"
  private static let cannot =
    "AliExpress refuses the order without saying more; ask its support, or refund"

  private static let orderCodes: [Entry] = [
    order(
      "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", .definite, .addressRefused, .buyer, address),
    order(
      "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID", .definite, .taxIDRefused, .buyer, taxID),
    order("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH", .definite, .taxIDRefused, .buyer, taxID),
    order("A002_INVALID_ZONE", .definite, .addressRefused, .buyer, address),
    order("A005_INVALID_COUNTRIES", .definite, .notSoldToCountry, .buyer, address),
    order("BLACKLIST_BUYER_IN_LIST", .definite, .buyerAccountRefused, .reseller, account),
    order("USER_ACCOUNT_DISABLED", .definite, .buyerAccountRefused, .reseller, account),
    order("A003_SUSPICIOUS_BUYER", .definite, .buyerAccountRefused, .reseller, account),
    order("A006_INVALID_ACCOUNT_INFO", .definite, .buyerAccountRefused, .reseller, account),
    order("A001_ORDER_CANNOT_BE_PLACED", .definite, .orderRefused, .platform, cannot),
    order("A004_CANNOT_USER_COUPON", .definite, .orderRefused, .platform, cannot),
    order(
      "PRICE_PAY_CURRENCY_ERROR", .definite, .currencyNotSupported, .platform,
      "the items are priced in other currencies; they must be bought apart"),
    order(
      "DELIVERY_METHOD_NOT_EXIST", .definite, .deliveryNotAvailable, .nobody,
      "the chosen delivery is not offered any more; try again with a new choice"),
    order(
      "PRODUCT_NOT_EXIST", .definite, .productNotFound, .supplier,
      "AliExpress does not have the product any more"),
    order(
      "SKU_NOT_EXIST", .definite, .skuNotFound, .supplier,
      "AliExpress does not have this variant any more"),
    order(
      "PARM_ILLEGL", .definite, .requestRefused, .platform, "AliExpress finds an argument wrong"),
    order(
      "INVENTORY_HOLD_ERROR", .doubtful, .outOfStock, .supplier,
      "AliExpress could not hold the stock"),
    order("ERROR_WHEN_BUILD_FOR_PLACE_ORDER", .doubtful, .orderRefused, .platform, cannot),
    order("REMOTE_CREATE_ORDER_RESULT_ERROR", .ambiguous, .outcomeUnknown, .nobody, unavailable),
    order(
      repeatedOrder, .ambiguous, .purchaseUnknown, .platform,
      "AliExpress has handled this request before and does not say with which order"),
  ]

  /// The access token is invalid or expired: new ones may help.
  static let illegalAccessToken = "IllegalAccessToken"

  /// "Exists, id unknown."
  static let repeatedOrder = "REPEATED_ORDER_ERROR"

  /// `rsp_code` of product.get, `code` of freight.query and of order.tracking.get.
  static let readingCodes: [Entry] = [
    order(
      "602", .definite, .notSoldToCountry, .buyer, "the product is not sold to this country"),
    order("605", .definite, .productNotFound, .supplier, "AliExpress does not know the product"),
    order("404", .transient, .supplierUnavailable, .nobody, unavailable),
    order(
      "501", .definite, .deliveryNotAvailable, .supplier,
      "there is no delivery for this product and variant"),
    order(
      "505", .definite, .deliveryNotAvailable, .buyer,
      "there is no delivery of this product to this address"),
    order(
      "UnsupportedParamMapping", .definite, .requestRefused, .platform,
      "AliExpress finds a parameter wrong"),
  ]
}

extension ReasonCatalogue.Entry {
  /// Longest part of a supplier's message that is kept.
  static let messageLengthMax = 200

  /// The reason for a person, with the supplier's own words.
  func reason(_ message: String) -> PurchaseReason {
    if code == .browserNotConfigured {
      return .noPath(text + said(message), advice: advice, owner: owner, providerCode: providerCode)
    }
    return bareReason(message)
  }

  /// The same where no purchase is concerned.
  func bareReason(_ message: String) -> PurchaseReason {
    PurchaseReason(
      code: code, text: text + said(message), owner: owner, providerCode: providerCode)
  }

  private func said(_ message: String) -> String {
    message.isEmpty ? "" : " (AliExpress: \(message.prefix(Self.messageLengthMax)))"
  }
}
