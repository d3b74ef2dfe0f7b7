import Contract
import Support

/// What one order of a run is, what goes wrong with it, and what its people want. Drawn from the seed.
struct Scenario: Sendable {
  enum Course: String, Sendable {
    /// A reseller's goods that are in stock.
    case ordinary
    /// The supplier has run out of it; the money goes back.
    case gone
    /// The buyer leaves before he pays.
    case abandoned
    /// The buyer changes his mind while it is bought.
    case regretted
    /// The platform sells for itself, and buys in the shop's pages.
    case house
  }

  /// A fault that is aimed at the order.
  struct AimedFault: Sendable {
    let name: String
    let times: Int
    /// Whether the calls that it hits name the order.
    let isForOne: Bool
    let code: String?
    let delay: Int64?
  }

  let orderID: String
  let course: Course
  let reseller: Int64
  let faults: [AimedFault]
  /// Whether a supplier's order that was not paid is closed rather than paid.
  let closesUnpaid: Bool
  /// Whether the money goes back after a refusal, rather than another try.
  let refundsRefused: Bool

  var listing: String {
    switch course {
    case .house: "house"
    case .gone: "gone-\(reseller)"
    case .ordinary, .abandoned, .regretted: "mug-\(reseller)"
    }
  }

  /// An address of its own, by which an order of the shop's pages is known.
  var address: Address {
    var address = Shop.address
    address.line1 = "1 \(orderID) Street"
    return address
  }

  static let prefix = "chaos-"
  static let resellers: [Int64] = [42, 43, 44]

  /// The id of an order from any text that begins with it.
  static func orderID(in text: String) -> String? {
    guard let start = text.firstRange(of: prefix) else { return nil }
    let number = text[start.upperBound...].prefix(5)
    guard number.count == 5, number.allSatisfy(\.isNumber) else { return nil }
    return prefix + number
  }

  /// All orders of a run.
  ///
  /// - Parameter houses: how many of them the platform sells for itself, spread over the run.
  static func draw(_ count: Int, houses: Int, _ generator: inout SeededGenerator) -> [Scenario] {
    let aims: [FaultKind.Aim] = [.payment, .placing, .payout, .refund, .shop]
    var decks: [FaultKind.Aim: Deck<FaultKind>] = [:]
    for aim in aims { decks[aim] = Deck(FaultKind.all.filter { $0.aim == aim }) }
    return (0..<count).map { index in
      let digits = String(index)
      let name = prefix + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
      let isHouse = (index + 1) * houses / count > index * houses / count
      let course = isHouse ? .house : course(&generator)
      let number = course == .gone ? Int.random(in: 1...2, using: &generator) : faults(&generator)
      var aimed: [AimedFault] = []
      for _ in 0..<number {
        guard let aim = Self.aims(of: course).randomElement(using: &generator),
          let kind = decks[aim]?.deal(using: &generator)
        else { continue }
        aimed.append(fault(kind, &generator))
      }
      return Scenario(
        orderID: name, course: course,
        reseller: resellers.randomElement(using: &generator) ?? Shop.reseller, faults: aimed,
        closesUnpaid: generator.happens(0.3), refundsRefused: generator.happens(0.4))
    }
  }

  /// What goes wrong with an order of such a course; what is there twice is drawn twice as often.
  private static func aims(of course: Course) -> [FaultKind.Aim] {
    switch course {
    case .ordinary, .abandoned: [.payment, .placing, .placing, .payout, .payout]
    case .gone, .regretted: [.payment, .refund, .refund]
    case .house: [.payment, .shop, .shop, .shop]
    }
  }

  private static func course(_ generator: inout SeededGenerator) -> Course {
    switch Int.random(in: 0..<100, using: &generator) {
    case ..<12: .gone
    case ..<14: .abandoned
    case ..<18: .regretted
    default: .ordinary
    }
  }

  /// How many faults are aimed at an order: mostly none or one, so that most orders go well.
  private static func faults(_ generator: inout SeededGenerator) -> Int {
    switch Int.random(in: 0..<100, using: &generator) {
    case ..<30: 0
    case ..<75: 1
    case ..<95: 2
    default: 3
    }
  }

  private static func fault(_ kind: FaultKind, _ generator: inout SeededGenerator) -> AimedFault {
    AimedFault(
      name: kind.name, times: generator.happens(0.25) ? 2 : 1, isForOne: kind.isForOne,
      code: kind.codes.randomElement(using: &generator),
      delay: kind.delays.randomElement(using: &generator))
  }
}

extension Scenario: CustomStringConvertible {
  var description: String {
    let faults = faults.map { fault in
      let extras = [fault.code, fault.delay.map { "\($0) ms" }].compactMap(\.self)
      return "\(fault.times) x \(fault.name)" + (extras.isEmpty ? "" : " (\(extras.joined()))")
    }
    return "\(orderID) of \(reseller) \(course.rawValue)"
      + (closesUnpaid ? ", closes unpaid" : "") + (refundsRefused ? ", refunds refused" : "")
      + (faults.isEmpty ? "" : ": \(faults.joined(separator: ", "))")
  }
}
