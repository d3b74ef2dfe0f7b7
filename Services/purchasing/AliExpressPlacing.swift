import Outside

/// Reads the answer to `aliexpress.ds.order.create`.
///
/// Whatever is not clearly a yes or a no is unknown: no identifier, no flag, a refusal with
/// identifiers, an unknown code.
enum AliExpressPlacing {
  static func read(_ answer: AliExpressAnswer) -> Placing {
    switch answer {
    case .notSent(let text):
      return .notAccepted(
        PurchaseReason(
          code: .supplierUnavailable, text: "AliExpress could not be reached: \(text)",
          owner: .nobody),
        retryAfterSeconds: nil)
    case .lost(let text): return unknown(text)
    case .error(let error): return error.placing
    case .body(let body): return read(body["result"] ?? body)
    }
  }

  private static func read(_ result: JSON) -> Placing {
    let ids = ids(result["order_list"])
    let code = result["error_code"]?.text ?? ""
    let message = result["error_msg"]?.text ?? ""
    switch (result["is_success"]?.bool, ids) {
    case (true, .some(let ids)) where !ids.isEmpty:
      return .placed(ids: ids, paymentProblem: message.contains("autoPay fail") ? message : "")
    case (true, _): return unknown("a success without a readable order id")
    case (false, .some(let ids)) where ids.isEmpty:
      guard let entry = ReasonCatalogue.entry(code) else {
        return unknown("a refusal with code \"\(code.prefix(60))\", which is not known", code: code)
      }
      return entry.placing(message)
    case (false, _): return unknown("a refusal that lists orders", code: code)
    case (nil, _): return unknown("an answer that says neither yes nor no", code: code)
    }
  }

  /// `{"number": [1]}`, `{"number": 1}`, `[1]` or `1`; nil when something in it is no id.
  private static func ids(_ list: JSON?) -> [String]? {
    guard let list else { return [] }
    let elements: [JSON]
    if case .object = list {
      elements = list["number"]?.elements ?? []
    } else {
      elements = list.elements
    }
    var ids: [String] = []
    for element in elements {
      guard let id = element.text, AliExpressReading.isID(id) else { return nil }
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }

  private static func unknown(_ text: String, code: String = "") -> Placing {
    .unknown(
      PurchaseReason(
        code: .outcomeUnknown, text: text, owner: .nobody, providerCode: String(code.prefix(60))),
      isRepeated: false)
  }
}
