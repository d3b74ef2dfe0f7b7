/// A time as PayPal's reports write it, to the second: `2026-11-24T12:00:00Z`, or with a zone such
/// as `+0000` or `-08:00` in the place of the Z.
struct PayPalTime: Hashable, Sendable {
  private static let dayMilliseconds: Int64 = 86_400_000

  /// Since the epoch.
  let milliseconds: Int64

  init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Nil for what is no such time.
  init?(text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[13] == UInt8(ascii: ":"),
      let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
      let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
      let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60,
      let zone = Self.zoneMinutes(bytes[19...].drop { $0 == UInt8(ascii: ".") || Self.isDigit($0) })
    else { return nil }
    let minutes = hour * 60 + minute - zone
    milliseconds =
      Self.days(year, month, day) * Self.dayMilliseconds + (minutes * 60 + second) * 1000
  }

  /// In UTC, to the second.
  var text: String {
    let rest = (milliseconds % Self.dayMilliseconds + Self.dayMilliseconds) % Self.dayMilliseconds
    let (year, month, day) = Self.date((milliseconds - rest) / Self.dayMilliseconds)
    let seconds = rest / 1000
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
      + "\(Self.padded(seconds / 3600, 2)):\(Self.padded(seconds / 60 % 60, 2)):"
      + "\(Self.padded(seconds % 60, 2))Z"
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
    bytes.allSatisfy(isDigit) ? Int64(String(decoding: bytes, as: UTF8.self)) : nil
  }

  private static func zoneMinutes(_ bytes: ArraySlice<UInt8>) -> Int64? {
    if bytes.elementsEqual([UInt8(ascii: "Z")]) { return 0 }
    guard let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return nil
    }
    let digits = Array(bytes.dropFirst().filter { $0 != UInt8(ascii: ":") })
    guard digits.count == 4, let hours = number(digits[0..<2]), let minutes = number(digits[2..<4])
    else { return nil }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }

  /// Days from 1970-01-01 to a Gregorian date. A year begins in March here, so that the leap day is
  /// its last; 400 years have 146,097 days.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }

  private static func date(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1
    )
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
