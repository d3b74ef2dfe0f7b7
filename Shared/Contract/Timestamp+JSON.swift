/// Times in JSON are RFC 3339, such as `2026-10-02T09:30:00.250Z`.
extension Timestamp {
  private static let secondsPerDay: Int64 = 86_400
  private static let nanosPerSecond: Int64 = 1_000_000_000
  /// The years 1 to 9999, which is what protobuf lets a timestamp be.
  private static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  private static let due = "a time from year 1 to 9999, such as 2026-10-02T09:30:00Z,"

  public func jsonValue(_ style: JSONStyle) -> JSONValue {
    let (days, second) = seconds.floored(by: Self.secondsPerDay)
    let date = CivilDate(daysSince1970: days)
    let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    let (hour, minute) = (second / 3600, second / 60 % 60)
    let time = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second % 60, 2))"
    return .string("\(day)T\(time)\(fraction)Z")
  }

  /// Three, six or nine digits, or nothing.
  private var fraction: String {
    guard nanos != 0 else { return "" }
    let digits = padded(Int64(nanos), 9)
    if nanos % 1_000_000 == 0 { return "." + digits.prefix(3) }
    if nanos % 1000 == 0 { return "." + digits.prefix(6) }
    return "." + digits
  }

  private func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  public init(jsonValue: JSONValue) throws(ContractError) {
    guard case .string(let text) = jsonValue, let time = Self.parse(text) else {
      throw jsonValue.isNot(Self.due)
    }
    self = time
  }

  private static func parse(_ text: String) -> Timestamp? {
    guard
      let match = text.wholeMatch(
        of: #/(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))/#)
    else { return nil }
    func number(_ digits: Substring?) -> Int64 { digits.flatMap { Int64($0) } ?? 0 }
    let (_, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute) =
      match.output
    let date = CivilDate(year: number(year), month: number(month), day: number(day))
    guard date.isValid, number(hour) < 24, number(minute) < 60, number(second) < 60,
      number(offsetHour) < 24, number(offsetMinute) < 60
    else { return nil }
    let offset = (number(offsetHour) * 60 + number(offsetMinute)) * 60
    let seconds =
      date.daysSince1970 * secondsPerDay + number(hour) * 3600 + number(minute) * 60
      + number(second) - (sign == "-" ? -offset : offset)
    guard secondsRange.contains(seconds) else { return nil }
    let digits = (fraction ?? "") + String(repeating: "0", count: 9 - (fraction ?? "").count)
    return Timestamp(seconds: seconds, nanos: Int32(number(digits)))
  }
}

/// A day of the Gregorian calendar.
struct CivilDate {
  let year: Int64
  let month: Int64
  let day: Int64
}

// Days are counted from 1 March of year 0, so that the leap day comes last; an era has 400 years.
// Source: https://howardhinnant.github.io/date_algorithms.html.
extension CivilDate {
  private static let daysPerEra: Int64 = 146_097
  /// From 1 March of year 0 to 1 January 1970.
  private static let daysBefore1970: Int64 = 719_468

  init(daysSince1970 days: Int64) {
    let (era, dayOfEra) = (days + Self.daysBefore1970).floored(by: Self.daysPerEra)
    let leapDays = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let (era, yearOfEra) = (year - (month <= 2 ? 1 : 0)).floored(by: 400)
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysPerEra + dayOfEra - Self.daysBefore1970
  }

  /// A date that the calendar has stays itself when it is counted and named again.
  var isValid: Bool {
    guard (1...12).contains(month), (1...31).contains(day) else { return false }
    let again = CivilDate(daysSince1970: daysSince1970)
    return (again.year, again.month, again.day) == (year, month, day)
  }
}
