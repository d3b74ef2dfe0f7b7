import NIOCore
import Outside
import Testing

@testable import Purchasing

/// Was the order placed? Every kind of answer to a placing, with its verdict.
@Suite struct PlacingTableTests {
  private static let wrapper = "aliexpress_ds_order_create_response"

  private static func result(_ json: String) -> OutsideAnswer {
    answer(#"{"\#(wrapper)":{"result":\#(json),"request_id":"1"}}"#)
  }
  private static func answer(_ text: String, status: Int = 200) -> OutsideAnswer {
    .answer(status: status, headers: [:], body: ByteBuffer(string: text))
  }
  private static func error(
    _ code: String, type: String = "ISV", message: String = "m", more: String = ""
  )
    -> OutsideAnswer
  {
    answer(
      #"{"error_response":{"type":"\#(type)","code":"\#(code)","msg":"\#(message)"\#(more)}}"#)
  }

  private static func read(_ answer: OutsideAnswer) -> Placing {
    AliExpressPlacing.read(AliExpressAnswer(answer, to: .place))
  }

  /// `placed IDS`, `refused CODE`, `doubtful CODE`, `notAccepted CODE SECONDS`, `unknown`, `repeated`.
  private static func word(_ placing: Placing) -> String {
    switch placing {
    case .placed(let ids, let problem):
      "placed \(ids.joined(separator: ","))" + (problem.isEmpty ? "" : " unpaid")
    case .refused(let reason, let isDoubtful, _):
      "\(isDoubtful ? "doubtful" : "refused") \(reason.code.rawValue)"
    case .notAccepted(let reason, let seconds):
      "notAccepted \(reason.code.rawValue)" + (seconds.map { " \($0)" } ?? "")
    case .unknown(_, let isRepeated): isRepeated ? "repeated" : "unknown"
    }
  }

  private static let id = "8198352049851315"

  @Test(arguments: [
    (result(#"{"is_success":true,"order_list":{"number":[8198352049851315]}}"#), "placed \(id)"),
    (result(#"{"is_success":"true","order_list":["8198352049851315"]}"#), "placed \(id)"),
    (result(#"{"is_success":true,"order_list":{"number":8198352049851315}}"#), "placed \(id)"),
    (result(#"{"is_success":true,"order_list":8198352049851315}"#), "placed \(id)"),
    (
      result(#"{"is_success":true,"order_list":{"number":[1,2,1]}}"#), "placed 1,2"
    ),
    (
      answer(#"{"error_msg":"","is_success":"true","order_list":[9007199254740993]}"#),
      "placed 9007199254740993"
    ),
    (
      answer(#"{"result":{"is_success":true,"order_list":[7]}}"#), "placed 7"
    ),
    (
      result(
        #"{"is_success":true,"order_list":{"number":[7]},"error_msg":"OrderCreated, autoPay fail:APIPayFail"}"#
      ), "placed 7 unpaid"
    ),
  ])
  func `a success with ids is placed, in every form`(_ answer: OutsideAnswer, _ expected: String) {
    #expect(Self.word(Self.read(answer)) == expected)
  }

  @Test(arguments: [
    OutsideAnswer.unknown("timed out"), answer("<html>", status: 502),
    answer(#"{"aliexpress_ds_order_create_response":{"result":{"is_su"#), answer(""), answer("[]"),
    answer("{}", status: 302), answer("{}", status: 404), answer("{}"),
    result(#"{"is_success":true}"#), result(#"{"is_success":true,"order_list":{"number":[]}}"#),
    result(#"{"is_success":true,"order_list":{"number":["x"]}}"#),
    result(#"{"is_success":true,"order_list":{"number":[8.1e15]}}"#),
    result(#"{"is_success":1,"order_list":{"number":[7]}}"#),
    result(#"{"order_list":{"number":[7]}}"#), result(#"{"is_success":null}"#),
    result(#"{"is_success":false,"order_list":{"number":[7]},"error_code":"SKU_NOT_EXIST"}"#),
    result(#"{"is_success":false}"#), result(#"{"is_success":false,"error_msg":"no"}"#),
    result(#"{"is_success":false,"error_code":"BRAND_NEW_CODE"}"#),
    result(#"{"is_success":false,"error_code":"404"}"#),
    result(#"{"is_success":false,"error_code":"REMOTE_CREATE_ORDER_RESULT_ERROR"}"#),
    error("ServiceUnavailable", type: "ISP"), error("InternalError", type: "SYSTEM"),
    error("ServiceTimeout"), error("BrandNewCode"), error("BrandNewCode", type: "SYSTEM"),
    error("15", more: #","sub_code":"isp.remote-service-timeout""#), error("15"),
  ])
  func `whatever is not clearly a yes or a no is unknown`(_ answer: OutsideAnswer) {
    #expect(Self.word(Self.read(answer)) == "unknown")
  }

  @Test(arguments: [
    (error("IncompleteSignature"), "BROWSER_NOT_CONFIGURED"),
    (error("IllegalAccessToken"), "BROWSER_NOT_CONFIGURED"),
    (error("27"), "BROWSER_NOT_CONFIGURED"),
    (error("MissingParameter"), "REQUEST_REFUSED"), (error("InvalidParameter"), "REQUEST_REFUSED"),
    (error("InvalidApiPath"), "BROWSER_NOT_CONFIGURED"),
    (error("InvalidAppkey"), "BROWSER_NOT_CONFIGURED"),
    (error("InsufficientPermission"), "BROWSER_NOT_CONFIGURED"),
    (error("AppWhiteIpLimit"), "BROWSER_NOT_CONFIGURED"),
    (error("isv.402"), "REQUEST_REFUSED"),
    (error("15", more: #","sub_code":"isv.invalid-address""#), "REQUEST_REFUSED"),
    (result(#"{"is_success":false,"error_code":"SKU_NOT_EXIST"}"#), "SKU_NOT_FOUND"),
    (result(#"{"is_success":"false","error_code":"PRODUCT_NOT_EXIST"}"#), "PRODUCT_NOT_FOUND"),
    (
      result(#"{"is_success":false,"error_code":"B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL"}"#),
      "ADDRESS_REFUSED"
    ),
    (
      result(#"{"is_success":false,"error_code":"DELIVERY_METHOD_NOT_EXIST"}"#),
      "DELIVERY_NOT_AVAILABLE"
    ),
  ])
  func `a definite no is a refusal with a reason`(_ answer: OutsideAnswer, _ code: String) {
    let placing = Self.read(answer)
    #expect(Self.word(placing) == "refused \(code)")
    guard case .refused(let reason, _, let provesAbsence) = placing else { return }
    #expect(!reason.text.isEmpty && !reason.providerCode.isEmpty)
    // The gateway's own checks come before the order is looked at.
    if case .answer(_, _, let body) = answer {
      #expect(provesAbsence == !String(buffer: body).contains("error_response"))
    }
  }

  @Test(arguments: [
    (OutsideAnswer.notSent("connection refused"), "notAccepted SUPPLIER_UNAVAILABLE"),
    (
      error(
        "ApiCallLimit",
        message: "Api access frequency exceeds the limit. this ban will last 1 seconds"),
      "notAccepted RATE_LIMITED 1"
    ),
    (
      error("AppApiCallLimit", message: "ban will last 14229 seconds"),
      "notAccepted RATE_LIMITED 14229"
    ),
    (error("AppCallLimit"), "notAccepted RATE_LIMITED"),
    (error("SellerCallLimit"), "notAccepted RATE_LIMITED"),
    (
      error("7", more: #","sub_msg":"This ban will last for 12 more seconds""#),
      "notAccepted RATE_LIMITED 12"
    ),
    (result(#"{"is_success":false,"error_code":"INVENTORY_HOLD_ERROR"}"#), "doubtful OUT_OF_STOCK"),
    (
      result(#"{"is_success":false,"error_code":"ERROR_WHEN_BUILD_FOR_PLACE_ORDER"}"#),
      "doubtful ORDER_REFUSED"
    ),
    (result(#"{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}"#), "repeated"),
    (error("REPEATED_ORDER_ERROR"), "repeated"),
  ])
  func `limits, doubts and repeats are told apart`(_ answer: OutsideAnswer, _ expected: String) {
    #expect(Self.word(Self.read(answer)) == expected)
  }

  @Test func `every code has one entry, a reason and an owner`() {
    for entries in [ReasonCatalogue.placingCodes, ReasonCatalogue.readingCodes] {
      #expect(Set(entries.map(\.providerCode)).count == entries.count)
      for entry in entries {
        let reason = entry.reason("their words")
        #expect(reason.text.contains("their words") && reason.providerCode == entry.providerCode)
        #expect(entry.certainty != .definite || reason.owner != .nobody || !entry.isGateway)
      }
    }
  }

  @Test(arguments: [
    "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID",
    "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH", "BLACKLIST_BUYER_IN_LIST",
    "USER_ACCOUNT_DISABLED", "PRICE_PAY_CURRENCY_ERROR", "DELIVERY_METHOD_NOT_EXIST",
    "INVENTORY_HOLD_ERROR", "REPEATED_ORDER_ERROR", "ERROR_WHEN_BUILD_FOR_PLACE_ORDER",
    "A001_ORDER_CANNOT_BE_PLACED", "A002_INVALID_ZONE", "A003_SUSPICIOUS_BUYER",
    "A004_CANNOT_USER_COUPON", "A005_INVALID_COUNTRIES", "A006_INVALID_ACCOUNT_INFO",
    "PRODUCT_NOT_EXIST", "SKU_NOT_EXIST", "REMOTE_CREATE_ORDER_RESULT_ERROR", "PARM_ILLEGL",
    "IncompleteSignature", "IllegalAccessToken", "MissingParameter", "InvalidParameter",
    "InvalidApiPath", "InvalidAppkey", "InsufficientPermission", "AppWhiteIpLimit", "ApiCallLimit",
    "AppApiCallLimit", "AppCallLimit", "SellerCallLimit", "ServiceTimeout", "ServiceUnavailable",
    "InternalError", "isv.402", "isp.service-unavailable",
  ])
  func `every documented code is known`(_ code: String) {
    #expect(ReasonCatalogue.entry(code) != nil)
  }
}
