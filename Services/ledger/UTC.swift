/// Times of the journal as text, in UTC.
enum UTC {
  /// With milliseconds, such as 2026-11-24T12:00:00.123Z.
  static func time(_ milliseconds: Int64) -> String {
    let (days, rest) = split(milliseconds)
    let seconds = rest / 1000
    return "\(day(ofNumber: days))T\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):"
      + "\(padded(seconds % 60, 2)).\(padded(rest % 1000, 3))Z"
  }

  /// The day, such as 2026-11-24.
  static func day(_ milliseconds: Int64) -> String { day(ofNumber: split(milliseconds).days) }

  /// A month: its name, such as 2026-11, and when it begins and is over.
  struct Month: Hashable, Sendable {
    let key: String
    let start: Int64
    /// Outside of it.
    let stop: Int64

    /// The month of a time.
    init(of milliseconds: Int64) {
      let number = split(milliseconds).days
      key = String(UTC.day(ofNumber: number).dropLast(3))
      var (first, next) = (number, number + 1)
      while UTC.day(ofNumber: first - 1).hasPrefix("\(key)-") { first -= 1 }
      while UTC.day(ofNumber: next).hasPrefix("\(key)-") { next += 1 }
      start = first * UTC.dayMilliseconds
      stop = next * UTC.dayMilliseconds
    }
  }

  private static let dayMilliseconds: Int64 = 86_400_000

  private static func split(_ milliseconds: Int64) -> (days: Int64, rest: Int64) {
    let rest = (milliseconds % dayMilliseconds + dayMilliseconds) % dayMilliseconds
    return ((milliseconds - rest) / dayMilliseconds, rest)
  }

  /// The Gregorian date of a count of days since 1970-01-01. A year begins in March here, so that
  /// the leap day is its last one; 400 years have 146,097 days.
  private static func day(ofNumber days: Int64) -> String {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
