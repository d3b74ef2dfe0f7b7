/// A time of the simulated world in milliseconds since 1970, and its texts.
struct Moment: Sendable, Hashable {
  let milliseconds: Int64

  /// In UTC, such as `2026-11-24T12:00:00Z`.
  var text: String { date + "T" + time + "Z" }

  /// As the supplier writes times of orders: eight hours behind UTC, such as `2026-11-24 04:00:00`.
  var pacific: String {
    let shifted = Moment(milliseconds: milliseconds - 8 * 3_600_000)
    return shifted.date + " " + shifted.time
  }

  /// As the supplier writes the time of payment.
  var pacificWithZone: String {
    let shifted = Moment(milliseconds: milliseconds - 8 * 3_600_000)
    return shifted.date + "T" + shifted.time + "-08:00[America/Los_Angeles]"
  }

  /// Reads `2026-11-24T12:00:00Z`.
  init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[19] == UInt8(ascii: "Z"),
      let year = Int64(text.prefix(4)), let month = Self.number(bytes, 5),
      let day = Self.number(bytes, 8), let hour = Self.number(bytes, 11),
      let minute = Self.number(bytes, 14), let second = Self.number(bytes, 17)
    else { return nil }
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    milliseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1000
  }

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  private static func number(_ bytes: [UInt8], _ start: Int) -> Int64? {
    Int64(String(decoding: bytes[start..<start + 2], as: UTF8.self))
  }

  private var date: String {
    let shifted = milliseconds / 86_400_000 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(year)-" + Self.twoDigits(month) + "-" + Self.twoDigits(day)
  }

  private var time: String {
    let seconds = milliseconds / 1000 % 86_400
    return Self.twoDigits(seconds / 3600) + ":" + Self.twoDigits(seconds / 60 % 60) + ":"
      + Self.twoDigits(seconds % 60)
  }

  private static func twoDigits(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : String(number)
  }
}
