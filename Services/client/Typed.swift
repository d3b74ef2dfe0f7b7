import Contract
import Foundation
import Money
import Presentation
import Runtime

/// Values as people type them.
enum Typed {
  /// A decimal amount, such as `20.00`, in a currency.
  static func amount(_ text: String, _ currency: String, option: String) throws(Complaint)
    -> Contract.Money
  {
    do throws(MoneyError) {
      let currency = try Currency(validating: currency.uppercased())
      return Contract.Money(try Amount(decimal: text, currency: currency))
    } catch {
      throw Complaint(
        .usage,
        "\(option) is \"\(text)\" in \"\(currency)\"; "
          + "it must be a decimal number such as 20.00 in an ISO 4217 currency such as USD")
    }
  }

  /// A word of an enum, such as `awaiting-payment`, given the enum's values and their short names;
  /// nil for the empty text.
  static func word<Value>(
    _ text: String, option: String, of values: [(value: Value, shortName: String)]
  ) throws(Complaint) -> Value? {
    if text.isEmpty { return nil }
    let wanted = Shown.word(text)
    let known = values.filter { $0.shortName != "UNSPECIFIED" }
    if let found = known.first(where: { Shown.word($0.shortName) == wanted }) {
      return found.value
    }
    let words = known.map { Shown.word($0.shortName) }
    throw Complaint(
      .usage, "\(option) is \"\(text)\"; it must be one of \(words.joined(separator: ", "))")
  }

  /// A file's text, or all of standard input for `-`.
  static func file(_ path: String) throws(Complaint) -> String {
    do {
      let data =
        path == "-"
        ? try FileHandle.standardInput.readToEnd() ?? Data()
        : try Data(contentsOf: URL(fileURLWithPath: path))
      guard let text = String(data: data, encoding: .utf8) else {
        throw Complaint(.notFound, "\(path) is not UTF-8 text")
      }
      return text
    } catch let complaint as Complaint {
      throw complaint
    } catch {
      throw Complaint(.notFound, "\(path) cannot be read")
    }
  }
}
