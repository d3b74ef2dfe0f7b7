/// Why a purchase waits or was refused: a stable code, a sentence, and who can cure it.
struct PurchaseReason: Error, Hashable, Sendable {
  enum Code: String, Sendable, CaseIterable {
    // Guards before anything is sent.
    case productNotFound = "PRODUCT_NOT_FOUND"
    case notOnSale = "NOT_ON_SALE"
    case skuNotFound = "SKU_NOT_FOUND"
    case outOfStock = "OUT_OF_STOCK"
    case quantityAboveLimit = "QUANTITY_ABOVE_LIMIT"
    case currencyNotSupported = "CURRENCY_NOT_SUPPORTED"
    /// A price, fee or tax is missing or cannot be read: nothing is bought on a guess.
    case priceUnreadable = "PRICE_UNREADABLE"
    case aboveCeiling = "ABOVE_CEILING"
    case notSoldToCountry = "NOT_SOLD_TO_COUNTRY"
    case deliveryNotAvailable = "DELIVERY_NOT_AVAILABLE"
    case noTrackedDelivery = "NO_TRACKED_DELIVERY"
    case resellerNotAllowed = "RESELLER_NOT_ALLOWED"
    case dailyOrdersReached = "DAILY_ORDERS_REACHED"
    case dailySpendReached = "DAILY_SPEND_REACHED"
    /// Everything was checked, and nothing sent.
    case dryRun = "DRY_RUN"
    // The supplier's definite refusals.
    case addressRefused = "ADDRESS_REFUSED"
    case taxIDRefused = "TAX_ID_REFUSED"
    case buyerAccountRefused = "BUYER_ACCOUNT_REFUSED"
    case orderRefused = "ORDER_REFUSED"
    /// The supplier finds our request wrong: a fault of ours or of the application's set-up.
    case requestRefused = "REQUEST_REFUSED"
    /// The supplier answers with a code that this program does not know.
    case unknownSupplierCode = "UNKNOWN_SUPPLIER_CODE"
    // The way to the supplier.
    case aliExpressNotConfigured = "ALIEXPRESS_NOT_CONFIGURED"
    /// The API cannot be used, and there is no other way.
    case browserNotConfigured = "BROWSER_NOT_CONFIGURED"
    // The same, where the reseller's credentials are what is missing.
    case noCredentials = "NO_CREDENTIALS"
    case credentialsExpired = "CREDENTIALS_EXPIRED"
    case credentialsRevoked = "CREDENTIALS_REVOKED"
    case credentialsUndecryptable = "CREDENTIALS_UNDECRYPTABLE"
    /// New tokens are being had.
    case credentialsRenewing = "CREDENTIALS_RENEWING"
    /// The answer to a refresh was lost.
    case refreshUnknown = "REFRESH_UNKNOWN"
    /// The supplier does not take the code of a consent.
    case authorizationRefused = "AUTHORIZATION_REFUSED"
    // The path through the shop's pages.
    /// Why it is taken: there is no reseller.
    case houseOrder = "HOUSE_ORDER"
    /// Why it is taken: the supplier does not let the application in.
    case apiClosed = "API_CLOSED"
    /// Others are with the account.
    case browserBusy = "BROWSER_BUSY"
    /// No browser, or it broke.
    case browserUnavailable = "BROWSER_UNAVAILABLE"
    /// The shop asks for a captcha or a code.
    case browserChallenge = "BROWSER_CHALLENGE"
    case browserLoginRefused = "BROWSER_LOGIN_REFUSED"
    /// The account is left alone for a time, or until a person has seen to it.
    case browserAccountClosed = "BROWSER_ACCOUNT_CLOSED"
    /// The shop's pages are not as the selector profile says.
    case browserPageUnknown = "BROWSER_PAGE_UNKNOWN"
    /// It was confirmed, and the account's list proves that it was not placed.
    case orderNotInList = "ORDER_NOT_IN_LIST"
    case rateLimited = "RATE_LIMITED"
    /// The supplier takes no calls for longer than a purchase may wait.
    case banTooLong = "BAN_TOO_LONG"
    /// Many are due at once; it waits for its turn.
    case inLine = "IN_LINE"
    case supplierUnavailable = "SUPPLIER_UNAVAILABLE"
    // Unknown outcomes.
    /// The answer was lost; it is being looked up.
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    /// The lookups are exhausted: a person must find out.
    case purchaseUnknown = "PURCHASE_UNKNOWN"
    /// A person has seen that the supplier has no order.
    case attestedNotPlaced = "ATTESTED_NOT_PLACED"
    // After the placing.
    case awaitingSupplierPayment = "AWAITING_SUPPLIER_PAYMENT"
    case supplierPaymentFailed = "SUPPLIER_PAYMENT_FAILED"
    case supplierOrderUnreadable = "SUPPLIER_ORDER_UNREADABLE"
    case partlyClosed = "PARTLY_CLOSED"
    case supplierOrderClosed = "SUPPLIER_ORDER_CLOSED"
  }

  /// Who can cure it.
  enum Owner: String, Sendable, CaseIterable {
    case platform, reseller, supplier, buyer
    /// It cures itself.
    case nobody
  }

  let code: Code
  let text: String
  let owner: Owner
  /// The supplier's own code, as received; empty when the reason is ours.
  var providerCode = ""
  /// Only why the API is closed, where the text says more; not stored.
  var obstacle = ""
}

extension PurchaseReason {
  /// The API cannot be used and the browser is not there to stand in.
  ///
  /// - Parameter advice: what to do, as a sentence's last part.
  static func noPath(
    _ why: String, advice: String, owner: Owner, providerCode: String = "",
    code: Code = .browserNotConfigured
  ) -> PurchaseReason {
    PurchaseReason(
      code: code,
      text: "the API cannot be used: \(why); no browser account is configured to buy instead; "
        + advice,
      owner: owner, providerCode: providerCode, obstacle: why)
  }

  /// The same as a reason to take the other path.
  var pathReason: PurchaseReason {
    var reason = self
    if !obstacle.isEmpty { reason = with(text: obstacle) }
    guard code == .browserNotConfigured else { return reason }
    return PurchaseReason(
      code: providerCode.isEmpty ? .houseOrder : .apiClosed, text: reason.text, owner: owner,
      providerCode: providerCode)
  }

  private func with(text: String) -> PurchaseReason {
    PurchaseReason(code: code, text: text, owner: owner, providerCode: providerCode)
  }

  /// Whether the shop's pages could cure it, where nothing was placed: the API let nothing in, or is
  /// closed for longer than the order may wait.
  var isCuredByBrowser: Bool {
    isNoPath || [.aliExpressNotConfigured, .banTooLong, .rateLimited].contains(code)
  }

  /// Whether it says that the API is closed, so that another way of buying could help.
  var isNoPath: Bool {
    switch code {
    case .browserNotConfigured, .noCredentials, .credentialsExpired, .credentialsRevoked,
      .credentialsUndecryptable:
      true
    default: false
    }
  }

  /// Whether the supplier calls the access token invalid, which new tokens may cure.
  var isTokenRefused: Bool { providerCode == ReasonCatalogue.illegalAccessToken }
}
