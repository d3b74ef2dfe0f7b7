import Contract
import Foundation

/// A day as people write it, in UTC.
enum Day {
  struct Unreadable: Error, Hashable, Sendable {
    let text: String
  }

  /// The first moment of `2026-11-01`; nil for the empty text.
  static func start(_ text: String) throws(Unreadable) -> Timestamp? {
    if text.isEmpty { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2]),
      year >= 1970, (1...12).contains(month), (1...31).contains(day)
    else { throw Unreadable(text: String(text.prefix(40))) }
    var date = tm()
    (date.tm_year, date.tm_mon, date.tm_mday) = (year - 1900, month - 1, day)
    let seconds = timegm(&date)
    // The 31st of a short month would become another day.
    guard date.tm_mday == day else { throw Unreadable(text: text) }
    return Timestamp(milliseconds: Int64(seconds) * 1000)
  }
}
