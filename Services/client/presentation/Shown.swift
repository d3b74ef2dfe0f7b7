public import Contract
import Foundation
import Money

/// Values as people read them.
public enum Shown {
  /// Such as `20.00 USD`; empty for none.
  public static func amount(_ money: Contract.Money?) -> String {
    guard let money else { return "" }
    do throws(MoneyError) {
      return try Amount(validating: money.minorUnits, currency: money.currency).description
    } catch {
      return "\(money.minorUnits) minor units of \(money.currency)"
    }
  }

  /// An amount that matters only when there is one: empty for none and for zero.
  public static func positive(_ money: Contract.Money?) -> String {
    money?.minorUnits == 0 ? "" : amount(money)
  }

  /// In UTC, such as `2026-11-24 12:00:03Z`; empty for none.
  public static func time(_ time: Timestamp?) -> String {
    guard let time else { return "" }
    return clock(time.milliseconds, hasMilliseconds: false)
  }

  /// In UTC with milliseconds, such as `2026-11-24 12:00:03.123Z`.
  public static func preciseTime(_ milliseconds: Int64) -> String {
    clock(milliseconds, hasMilliseconds: true)
  }

  private static func clock(_ milliseconds: Int64, hasMilliseconds: Bool) -> String {
    let rest = (milliseconds % 1000 + 1000) % 1000
    var seconds = time_t((milliseconds - rest) / 1000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let thousandths = hasMilliseconds ? "." + "\(1000 + rest)".dropFirst() : ""
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) "
      + "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))\(thousandths)Z"
  }

  /// Time that passed: `+0.123 s`, `+2 min 5 s`, `+3 h 12 min`.
  public static func passed(_ milliseconds: Int64) -> String {
    let sign = milliseconds < 0 ? "-" : "+"
    let length = milliseconds.magnitude
    let seconds = length / 1000
    switch seconds {
    case 0..<60: return "\(sign)\(seconds).\("\(1000 + length % 1000)".dropFirst()) s"
    case 60..<3600: return "\(sign)\(seconds / 60) min \(seconds % 60) s"
    default: return "\(sign)\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
  }

  /// Tenths as a decimal: 125 is `12.5`.
  public static func tenths(_ tenths: Int64) -> String { "\(tenths / 10).\(tenths % 10)" }

  /// A length of time in the unit that fits: `850 us`, `12.3 ms`, `4.5 s`.
  public static func duration(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ..<1_000_000: "\(nanoseconds / 1000) us"
    case ..<1_000_000_000: "\(tenths(nanoseconds / 100_000)) ms"
    default: "\(tenths(nanoseconds / 100_000_000)) s"
    }
  }

  /// An enum's name as a word of the command line: `AWAITING_PAYMENT` is `awaiting-payment`.
  public static func word(_ shortName: String) -> String {
    shortName.lowercased().replacing("_", with: "-")
  }

  /// Hundredths of a percent, such as `10.00 %`.
  public static func rate(_ basisPoints: Int32) -> String {
    "\(basisPoints / 100).\("\(100 + basisPoints % 100)".dropFirst()) %"
  }

  public static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }

  /// An address in one line; empty for none.
  public static func address(_ address: Address?) -> String {
    guard let address else { return "" }
    let city = [address.city, address.province, address.postalCode, address.country]
    let parts = [
      address.fullName, address.line1, address.line2,
      city.filter { !$0.isEmpty }.joined(separator: " "), address.phone,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: ", ")
  }

  /// A reason with its code and who can cure it; empty for none.
  public static func reason(_ reason: Reason?) -> String {
    guard let reason, !reason.code.isEmpty else { return "" }
    let owner = reason.owner.isEmpty || reason.owner == "nobody" ? "" : "; for the \(reason.owner)"
    return "\(reason.code): \(told(reason))\(owner)"
  }

  /// A reason's text with the provider's own code, unless the text has it already.
  public static func told(_ reason: Reason) -> String {
    reason.providerCode.isEmpty || reason.text.contains(reason.providerCode)
      ? reason.text : "\(reason.text) (\(reason.providerCode))"
  }

  /// Who can cure what a reason names.
  ///
  /// - Parameter goesOn: whether it goes on by itself.
  public static func owner(_ reason: Reason?, goesOn: Bool) -> String {
    let owner = reason?.owner ?? ""
    if !owner.isEmpty, owner != "nobody" { return "the \(owner)" }
    return goesOn ? "nobody has to: it goes on by itself" : "the platform"
  }

  /// A payee within a sentence: `reseller:42` is `reseller 42`.
  public static func payee(_ payee: String) -> String {
    payee == "admin" ? "the platform" : payee.replacing(":", with: " ")
  }

  /// Who did something, within a sentence: `admin:1` is `administrator 1`.
  public static func actor(_ actor: String) -> String {
    let halves = actor.split(separator: ":", maxSplits: 1)
    guard halves.count == 2 else { return actor }
    switch halves[0] {
    case "admin": return "administrator \(halves[1])"
    default: return "\(halves[0]) \(halves[1])"
    }
  }

  /// A fact of a story, as it is.
  public static func fact(_ value: StoryItem.Fact.Value) -> String {
    switch value {
    case .text(let text), .code(let text): text
    case .money(let money): amount(money)
    case .time(let time): Self.time(time)
    case .length(let length): String(passed(length).drop { $0 == "+" })
    }
  }

  /// One line of text: control characters become spaces.
  public static func line(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy { !isControl($0) }
    if isPlain { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  /// Also what reverses the direction of what follows.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
  }
}
