import Contract
import Money

/// When a payee is paid: each sale's share by itself, or what gathered since the last time.
struct PayoutTerms: Hashable, Sendable {
  /// Its raw value is stored.
  enum Schedule: String, Sendable, CaseIterable {
    case perSale = "PER_SALE"
    case daily = "DAILY"
    case weekly = "WEEKLY"

    var contract: PayoutSchedule {
      switch self {
      case .perSale: .perSale
      case .daily: .daily
      case .weekly: .weekly
      }
    }

    /// Nil for the unspecified and the unknown of the contract.
    init?(_ contract: PayoutSchedule) {
      guard let schedule = Self.allCases.first(where: { $0.contract == contract }) else {
        return nil
      }
      self = schedule
    }
  }

  /// Nobody is held back longer.
  static let holdHoursMax: Int32 = 8760

  let schedule: Schedule
  /// Of the day, in UTC.
  var hour: Int64 = 0
  /// Of a weekly schedule: 1 is Monday, 7 Sunday.
  var weekday: Int64 = 0
  /// What is less waits for the next time.
  let minimum: Amount
  /// From the sale on.
  var holdHours: Int64 = 0

  /// Without a setting: per sale, at once.
  static func usual(_ currency: Currency) -> PayoutTerms {
    PayoutTerms(schedule: .perSale, minimum: .zero(currency))
  }

  // MARK: Times, in milliseconds since the epoch

  private static let hourMilliseconds: Int64 = 3_600_000
  private static let dayMilliseconds: Int64 = 24 * hourMilliseconds
  /// The epoch was a Thursday.
  private static let epochWeekday: Int64 = 4

  /// Until when a sale's share is held.
  func heldUntil(_ createdAt: Int64) -> Int64 { createdAt + holdHours * Self.hourMilliseconds }

  /// The first time at or after a moment at which what gathered is paid.
  func payday(from moment: Int64) -> Int64 {
    let (period, days): (Int64, Int64)
    switch schedule {
    case .perSale: return moment
    case .daily: (period, days) = (Self.dayMilliseconds, 0)
    case .weekly:
      (period, days) = (7 * Self.dayMilliseconds, (weekday - Self.epochWeekday + 7) % 7)
    }
    let offset = days * Self.dayMilliseconds + hour * Self.hourMilliseconds
    let passed = moment - offset
    let periods = passed <= 0 ? 0 : (passed + period - 1) / period
    return offset + periods * period
  }

  /// The last time at or before a moment at which what gathered was paid.
  func lastPayday(at moment: Int64) -> Int64 {
    switch schedule {
    case .perSale: moment
    case .daily: payday(from: moment + 1) - Self.dayMilliseconds
    case .weekly: payday(from: moment + 1) - 7 * Self.dayMilliseconds
    }
  }

  /// What becomes of a sale's share at a moment.
  enum Turn: Hashable, Sendable {
    /// It is sent by itself.
    case alone
    /// It is sent with what else gathered.
    case gathered
    case waits(PayoutReason, until: Int64)
  }

  func turn(of payout: Payout, at now: Int64) -> Turn {
    let heldUntil = heldUntil(payout.createdAt)
    let payday = payday(from: heldUntil)
    if heldUntil > now {
      return .waits(
        PayoutReason(
          code: .held, text: "shares are held for \(holdHours) hours after the sale",
          owner: "nobody"), until: payday)
    }
    if payday > now {
      return .waits(
        PayoutReason(
          code: .gathering, text: "it is paid on the next payday, with what else is due then",
          owner: "nobody"), until: payday)
    }
    return schedule == .perSale ? .alone : .gathered
  }
}
