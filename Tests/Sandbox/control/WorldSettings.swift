/// How the simulated world behaves when nothing misbehaves.
struct WorldSettings: Sendable {
  /// What the supplier does with an out_order_id that it has already placed an order for.
  enum RepeatedOrder: String, Sendable, CaseIterable {
    case firstIDs, repeatedOrderError, placeAgain
  }

  enum Name: String, CaseIterable {
    case paypalFeeBasisPoints, paypalFeeFixedMinorUnits, payoutFeeBasisPoints
    case payoutFeeFixedMinorUnits, payoutFeeMaxMinorUnits, paypalBalance, paypalTokenSeconds
    case autoApprove, payoutDelayMilliseconds, repeatedOrder, supplierPayDelayMilliseconds
    case supplierPayTimeoutSeconds, supplierShipDelayMilliseconds, supplierFinishDelayMilliseconds
    case orderReadableAfterMilliseconds, accessTokenSeconds, refreshTokenSeconds
    case webhookURL, webhookID, pushURL

    var summary: String {
      switch self {
      case .paypalFeeBasisPoints: "share of a capture that PayPal keeps"
      case .paypalFeeFixedMinorUnits: "what PayPal keeps of each capture besides"
      case .payoutFeeBasisPoints: "share of a payout that its sender pays on top"
      case .payoutFeeFixedMinorUnits: "what its sender pays on top of each payout besides"
      case .payoutFeeMaxMinorUnits: "the most that a payout costs"
      case .paypalBalance: "what the PayPal account holds, in each currency, in minor units"
      case .paypalTokenSeconds: "life of a PayPal token"
      case .autoApprove: "true: buyers approve at once; false: by link or /control/paypal/approve"
      case .payoutDelayMilliseconds: "from a payout's creation to its outcome"
      case .repeatedOrder: "firstIDs, repeatedOrderError or placeAgain"
      case .supplierPayDelayMilliseconds:
        "from placing to paid, when automatic payment is asked for"
      case .supplierShipDelayMilliseconds: "from paid to shipped; -1 is never"
      case .supplierFinishDelayMilliseconds: "from shipped to delivered; -1 is never"
      case .supplierPayTimeoutSeconds: "how long an order may stay unpaid until it is closed"
      case .orderReadableAfterMilliseconds: "from placing until the supplier can show the order"
      case .accessTokenSeconds: "life of the supplier's access tokens that are given from now on"
      case .refreshTokenSeconds: "life of the supplier's refresh tokens"
      case .webhookURL: "where PayPal sends its events; empty: nowhere"
      case .webhookID: "of the webhook that PayPal signs them for"
      case .pushURL: "where the supplier sends its messages; empty: nowhere"
      }
    }
  }

  struct Invalid: Error, CustomStringConvertible {
    let description: String
  }

  private(set) var feeBasisPoints = 349
  private(set) var feeFixed: Int64 = 49
  private(set) var payoutFeeBasisPoints = 0
  private(set) var payoutFeeFixed: Int64 = 25
  private(set) var payoutFeeMax: Int64 = 100
  private(set) var balance: Int64 = 100_000_000
  private(set) var tokenSeconds: Int64 = 32_400
  private(set) var autoApprove = true
  private(set) var payoutDelay: Int64 = 20
  private(set) var repeatedOrder = RepeatedOrder.firstIDs
  private(set) var supplierPayDelay: Int64 = 0
  private(set) var supplierShipDelay: Int64 = -1
  private(set) var supplierFinishDelay: Int64 = -1
  private(set) var supplierPayTimeout: Int64 = 86_400
  private(set) var orderReadableAfter: Int64 = 0
  private(set) var tokenLives = Tokens.Lives(
    accessSeconds: 2_592_000, refreshSeconds: 5_184_000)
  private(set) var webhookURL = ""
  private(set) var webhookID = "WH-SANDBOX"
  private(set) var pushURL = ""

  /// The value of a setting.
  func value(_ name: Name) -> JSON {
    switch name {
    case .paypalFeeBasisPoints: .integer(Int64(feeBasisPoints))
    case .paypalFeeFixedMinorUnits: .integer(feeFixed)
    case .payoutFeeBasisPoints: .integer(Int64(payoutFeeBasisPoints))
    case .payoutFeeFixedMinorUnits: .integer(payoutFeeFixed)
    case .payoutFeeMaxMinorUnits: .integer(payoutFeeMax)
    case .paypalBalance: .integer(balance)
    case .paypalTokenSeconds: .integer(tokenSeconds)
    case .autoApprove: .bool(autoApprove)
    case .payoutDelayMilliseconds: .integer(payoutDelay)
    case .repeatedOrder: .string(repeatedOrder.rawValue)
    case .supplierPayDelayMilliseconds: .integer(supplierPayDelay)
    case .supplierShipDelayMilliseconds: .integer(supplierShipDelay)
    case .supplierFinishDelayMilliseconds: .integer(supplierFinishDelay)
    case .supplierPayTimeoutSeconds: .integer(supplierPayTimeout)
    case .orderReadableAfterMilliseconds: .integer(orderReadableAfter)
    case .accessTokenSeconds: .integer(tokenLives.accessSeconds)
    case .refreshTokenSeconds: .integer(tokenLives.refreshSeconds)
    case .webhookURL: .string(webhookURL)
    case .webhookID: .string(webhookID)
    case .pushURL: .string(pushURL)
    }
  }

  /// These settings with those in an object changed, all or none.
  func changed(_ body: JSON) throws(Invalid) -> WorldSettings {
    var settings = self
    for member in body.members ?? [] {
      guard let name = Name(rawValue: member.name) else {
        let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw Invalid(description: "there is no setting \(member.name); known: \(known)")
      }
      try settings.set(name, to: member.value)
    }
    return settings
  }

  private mutating func set(_ name: Name, to value: JSON) throws(Invalid) {
    switch name {
    case .paypalFeeBasisPoints: feeBasisPoints = Int(try Self.number(name, value, 0...10_000))
    case .paypalFeeFixedMinorUnits: feeFixed = try Self.number(name, value, 0...1_000_000)
    case .payoutFeeBasisPoints: payoutFeeBasisPoints = Int(try Self.number(name, value, 0...10_000))
    case .payoutFeeFixedMinorUnits: payoutFeeFixed = try Self.number(name, value, 0...1_000_000)
    case .payoutFeeMaxMinorUnits: payoutFeeMax = try Self.number(name, value, 0...1_000_000)
    case .paypalBalance: balance = try Self.number(name, value, 0...(1 << 60))
    case .paypalTokenSeconds: tokenSeconds = try Self.number(name, value, 0...10_000_000)
    case .autoApprove: autoApprove = try Self.boolean(name, value)
    case .payoutDelayMilliseconds: payoutDelay = try Self.delay(name, value)
    case .repeatedOrder: repeatedOrder = try Self.choice(name, value)
    case .supplierPayDelayMilliseconds: supplierPayDelay = try Self.delay(name, value)
    case .supplierShipDelayMilliseconds: supplierShipDelay = try Self.delay(name, value)
    case .supplierFinishDelayMilliseconds: supplierFinishDelay = try Self.delay(name, value)
    case .supplierPayTimeoutSeconds:
      supplierPayTimeout = try Self.number(name, value, 1...10_000_000)
    case .orderReadableAfterMilliseconds: orderReadableAfter = try Self.delay(name, value)
    case .accessTokenSeconds:
      tokenLives = .init(
        accessSeconds: try Self.number(name, value, 0...10_000_000),
        refreshSeconds: tokenLives.refreshSeconds)
    case .refreshTokenSeconds:
      tokenLives = .init(
        accessSeconds: tokenLives.accessSeconds,
        refreshSeconds: try Self.number(name, value, 0...10_000_000))
    case .webhookURL: webhookURL = try Self.address(name, value)
    case .webhookID: webhookID = value.string ?? ""
    case .pushURL: pushURL = try Self.address(name, value)
    }
  }

  var json: JSON {
    .object(Name.allCases.map { .init(name: $0.rawValue, value: value($0)) })
  }

  private static func number(_ name: Name, _ value: JSON, _ range: ClosedRange<Int64>)
    throws(Invalid) -> Int64
  {
    guard case .number(let text) = value, let number = Int64(text), range.contains(number) else {
      throw Invalid(
        description: "\(name.rawValue) is a whole number from \(range.lowerBound) to "
          + "\(range.upperBound)")
    }
    return number
  }

  private static func delay(_ name: Name, _ value: JSON) throws(Invalid) -> Int64 {
    try number(name, value, -1...1_000_000_000_000)
  }

  private static func address(_ name: Name, _ value: JSON) throws(Invalid) -> String {
    guard let text = value.string, text.isEmpty || text.hasPrefix("http") else {
      throw Invalid(description: "\(name.rawValue) is an address, or empty for none")
    }
    return text
  }

  private static func boolean(_ name: Name, _ value: JSON) throws(Invalid) -> Bool {
    guard case .bool(let value) = value else {
      throw Invalid(description: "\(name.rawValue) is true or false")
    }
    return value
  }

  private static func choice(_ name: Name, _ value: JSON) throws(Invalid) -> RepeatedOrder {
    guard let choice = value.string.flatMap(RepeatedOrder.init(rawValue:)) else {
      let known = RepeatedOrder.allCases.map(\.rawValue).joined(separator: ", ")
      throw Invalid(description: "\(name.rawValue) is one of \(known)")
    }
    return choice
  }
}
