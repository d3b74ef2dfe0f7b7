import Testing

@testable import Purchasing

/// The catalogue against the list of all codes that the supplier documents, or was seen to answer with.
@Suite struct ReasonCatalogueTests {
  /// Code, what it proves about a placing, who can cure it, how it goes on by itself.
  private static let placing: [(String, String)] = [
    ("IncompleteSignature", "definite reseller never"),
    ("IllegalAccessToken", "definite reseller whenTokensCome"),
    ("MissingParameter", "definite platform never"),
    ("InvalidParameter", "definite platform never"),
    ("InvalidApiPath", "definite platform never"),
    ("InvalidAppkey", "definite reseller never"),
    ("InsufficientPermission", "definite reseller never"),
    ("AppWhiteIpLimit", "definite platform never"),
    ("ApiCallLimit", "transient nobody sameKey"),
    ("AppApiCallLimit", "transient nobody sameKey"),
    ("AppCallLimit", "transient nobody sameKey"),
    ("SellerCallLimit", "transient nobody sameKey"),
    ("ServiceTimeout", "ambiguous nobody lookUp"),
    ("ServiceUnavailable", "ambiguous nobody lookUp"),
    ("InternalError", "ambiguous nobody lookUp"),
    ("isv.402", "definite platform never"),
    ("isv.insufficient-permission", "definite platform never"),
    ("isv.invalid-authorization", "definite platform never"),
    ("isp.service-unavailable", "ambiguous nobody lookUp"),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "definite buyer never"),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID", "definite buyer never"),
    ("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH", "definite buyer never"),
    ("BLACKLIST_BUYER_IN_LIST", "definite reseller never"),
    ("USER_ACCOUNT_DISABLED", "definite reseller never"),
    ("PRICE_PAY_CURRENCY_ERROR", "definite platform never"),
    ("DELIVERY_METHOD_NOT_EXIST", "definite nobody never"),
    ("INVENTORY_HOLD_ERROR", "doubtful supplier sameKey"),
    ("REPEATED_ORDER_ERROR", "ambiguous platform never"),
    ("ERROR_WHEN_BUILD_FOR_PLACE_ORDER", "doubtful platform sameKey"),
    ("A001_ORDER_CANNOT_BE_PLACED", "definite platform never"),
    ("A002_INVALID_ZONE", "definite buyer never"),
    ("A003_SUSPICIOUS_BUYER", "definite reseller never"),
    ("A004_CANNOT_USER_COUPON", "definite platform never"),
    ("A005_INVALID_COUNTRIES", "definite buyer never"),
    ("A006_INVALID_ACCOUNT_INFO", "definite reseller never"),
    ("PRODUCT_NOT_EXIST", "definite supplier never"),
    ("SKU_NOT_EXIST", "definite supplier never"),
    ("REMOTE_CREATE_ORDER_RESULT_ERROR", "ambiguous nobody lookUp"),
    ("PARM_ILLEGL", "definite platform never"),
  ]

  private static let tokens = [
    "InvalidCode", "IllegalRefreshToken", "IllegalAccessToken", "InvalidAppkey",
    "IncompleteSignature", "AUTH_TYPE_UNSUPPORTED", "ServiceUnavailable", "isv.402",
  ]
  private static let readings = ["602", "605", "404", "501", "505", "UnsupportedParamMapping"]

  private static func shown(_ entry: ReasonCatalogue.Entry) -> String {
    "\(entry.certainty) \(entry.owner.rawValue) \(entry.retry)"
  }

  @Test func `every code of a placing has its class, owner and retry rule`() {
    for (code, expected) in Self.placing {
      #expect(ReasonCatalogue.entry(code).map(Self.shown) == expected, "\(code)")
    }
    let listed = Set(Self.placing.map(\.0))
    for entry in ReasonCatalogue.placingCodes {
      #expect(listed.contains(entry.providerCode), "\(entry.providerCode) is in no list")
    }
  }

  @Test func `every code has a text and says what to do`() {
    let entries =
      Self.placing.compactMap { ReasonCatalogue.entry($0.0) }
      + Self.tokens.compactMap { ReasonCatalogue.tokenEntry($0) }
      + Self.readings.compactMap { ReasonCatalogue.readingEntry($0) }
    #expect(entries.count == Self.placing.count + Self.tokens.count + Self.readings.count)
    for entry in entries {
      #expect(!entry.text.isEmpty && !entry.action.isEmpty, "\(entry.providerCode)")
      let reason = entry.reason("their words")
      #expect(reason.text.contains("their words") && reason.providerCode == entry.providerCode)
    }
  }

  @Test(arguments: PurchaseReason.Code.allCases)
  func `every reason of ours has a class, an action and a retry rule`(_ code: PurchaseReason.Code) {
    let line = ReasonSheet.line(code)
    #expect(!line.action.isEmpty)
    switch line.certainty {
    case .definite: #expect(line.retry == .never)
    case .transient: #expect(line.retry != .never && line.retry != .lookUp)
    case .ambiguous: #expect(line.retry != .sameKey, "what is unknown is looked up, not repeated")
    case .doubtful: Issue.record("doubt is the supplier's")
    }
  }

  @Test func `an unknown code is a reason of its own`() {
    let error = AliExpressError(type: "ISV", code: "BRAND_NEW", message: "?")
    guard case .unknown(let reason, isRepeated: false) = error.placing else {
      Issue.record("expected an unknown outcome")
      return
    }
    #expect(reason.code == .unknownSupplierCode && reason.providerCode == "BRAND_NEW")
    #expect(reason.text.contains("BRAND_NEW"))
    guard case .refused(let refused) = error.reading() as Reading<Int> else {
      Issue.record("expected a refusal")
      return
    }
    #expect(refused.code == .unknownSupplierCode)
  }
}
