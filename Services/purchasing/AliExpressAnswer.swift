import Outside

/// What the gateway answered, before anyone knows what it means for an order.
enum AliExpressAnswer: Hashable, Sendable {
  /// The request certainly did not arrive.
  case notSent(String)
  /// No readable answer to a request that may have arrived.
  case lost(String)
  /// The gateway's own error.
  case error(AliExpressError)
  /// The answer's body, without its wrapper.
  case body(JSON)

  /// The two answers that stand for an error are told by `code`; an answer with a wrapper, or
  /// simplified without one, is a body.
  init(_ answer: OutsideAnswer, to method: AliExpressMethod) {
    switch answer {
    case .notSent(let text): self = .notSent(text)
    case .unknown(let text): self = .lost(text)
    case .answer(let status, _, let body):
      guard status == 200 else {
        self = .lost("HTTP status \(status)")
        return
      }
      guard let json = try? JSON(parsing: body), case .object = json else {
        self = .lost("an answer that is not JSON, or cut short")
        return
      }
      self.init(json, to: method)
    }
  }

  private init(_ json: JSON, to method: AliExpressMethod) {
    if let error = json["error_response"] {
      self = .error(AliExpressError(error))
    } else if let body = json[method.answerName] {
      self = .body(body)
    } else if json["result"] == nil, json["type"] != nil, let code = json["code"]?.text,
      code != "0"
    {
      self = .error(AliExpressError(json))
    } else {
      self = .body(json)
    }
  }
}

/// An error of the gateway.
struct AliExpressError: Hashable, Sendable {
  /// ISV (the caller), ISP (behind the gateway) or SYSTEM (the gateway); may be empty.
  let type: String
  let code: String
  let message: String

  init(type: String = "", code: String, message: String = "") {
    self.type = type
    self.code = code
    self.message = message
  }

  init(_ json: JSON) {
    let subCode = json["sub_code"]?.text ?? ""
    self.init(
      type: json["type"]?.text ?? "",
      code: Self.current(json["code"]?.text ?? "", subCode: subCode),
      message: [
        json["msg"]?.text ?? json["message"]?.text ?? "", json["sub_msg"]?.text ?? "",
      ].filter { !$0.isEmpty }.joined(separator: "; "))
  }

  /// Today's name of a number of the older TOP gateway, which is still met.
  private static func current(_ code: String, subCode: String) -> String {
    switch code {
    case "7" where subCode.hasSuffix("limited-by-api-access-count"): "ApiCallLimit"
    case "7" where subCode.hasSuffix("limited-by-app-access-count"): "AppCallLimit"
    case "7": "AppApiCallLimit"
    case "15": subCode.isEmpty ? "isp.remote-service-error" : subCode
    case "25": "IncompleteSignature"
    case "27": "IllegalAccessToken"
    case "29": "InvalidAppkey"
    case "40": "MissingParameter"
    case "41": "InvalidParameter"
    default: code
    }
  }

  /// How long a ban lasts: the number after "will last", with or without "for".
  var banSeconds: Int? {
    guard let match = message.firstMatch(of: #/will last (?:for )?(\d{1,9})/#) else { return nil }
    return Int(match.1)
  }

  /// What it means for a question that changes nothing.
  func reading<Value>() -> Reading<Value> {
    guard let entry = ReasonCatalogue.readingEntry(code) else {
      let reason = unknownCode
      return type == "ISV" ? .refused(reason) : .later(reason, retryAfterSeconds: nil)
    }
    switch entry.certainty {
    case .definite, .doubtful: return .refused(entry.reason(message))
    case .transient, .ambiguous:
      return .later(entry.reason(message), retryAfterSeconds: banSeconds)
    }
  }

  /// What it means for a placing.
  var placing: Placing {
    guard let entry = ReasonCatalogue.entry(code) else {
      return .unknown(unknownCode, isRepeated: false)
    }
    return entry.placing(message, retryAfterSeconds: banSeconds)
  }

  var unknownCode: PurchaseReason {
    PurchaseReason(
      code: .unknownSupplierCode,
      text: "AliExpress answers with a code that is not known: \(code.prefix(60)) "
        + "\(message.prefix(ReasonCatalogue.Entry.messageLengthMax))",
      owner: .platform, providerCode: String(code.prefix(60)))
  }
}

extension ReasonCatalogue.Entry {
  /// What a code means for a placing.
  func placing(_ message: String, retryAfterSeconds: Int? = nil) -> Placing {
    let reason = reason(message)
    switch certainty {
    case .definite:
      return .refused(reason, isDoubtful: false, provesAbsence: !isGateway)
    case .doubtful: return .refused(reason, isDoubtful: true, provesAbsence: false)
    case .transient: return .notAccepted(reason, retryAfterSeconds: retryAfterSeconds)
    case .ambiguous:
      return .unknown(reason, isRepeated: providerCode == ReasonCatalogue.repeatedOrder)
    }
  }
}
