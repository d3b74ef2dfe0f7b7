import Foundation
import Outside

/// What the shop's pages look like to a program: addresses, selectors, words. When the shop changes its
/// pages, this is the only thing that changes here.
///
/// Selectors are CSS. `{product}`, `{country}`, `{sku}` and `{order}` stand for what is looked for.
struct ShopProfile: Sendable {
  /// Pages that are opened by their address; the others are reached by clicks.
  enum Page: String, CaseIterable {
    case login, item, orders, order

    /// What its address must name.
    var placeholders: [String] {
      switch self {
      case .login, .orders: []
      case .item: ["{product}"]
      case .order: ["{order}"]
      }
    }
  }

  enum Element: String, CaseIterable {
    /// A captcha, or a question for a code, in the place of any page.
    case challenge
    case loginForm, loginEmail, loginPassword, loginSubmit, loginError
    // The product.
    case productTitle, productGone, variant, variantChosen, variantSoldOut, quantity, price
    case shippingFee, buyNow
    // The checkout's address.
    case newAddress, addressForm, receiver, phoneCountry, phone, line1, line2, city, province
    case country, postalCode, taxID, saveAddress, addressSummary, addressError
    // The checkout's rest.
    case checkoutVariant, checkoutQuantity, soldOut, notDeliverable, delivery, deliveryFee
    case totalItems, totalShipping, totalTax, totalAmount, placeOrder
    // After the confirmation.
    case orderNumber
    // The account's list, and the page of one order. Those of a row are looked for within it.
    case orderRow, orderID, orderVariant, orderQuantity, orderReceiver, orderAddress, orderTime
    case orderAmount, nextPage, orderList, orderPayment, orderState, trackingNumber

    var placeholders: [String] {
      switch self {
      case .variant, .variantChosen, .variantSoldOut, .checkoutVariant, .orderVariant: ["{sku}"]
      default: []
      }
    }
  }

  /// What the shop writes for what.
  enum Word: String, CaseIterable {
    case paid, unpaid, closed, shipped, finished, freeShipping, tracked
  }

  struct Malformed: Error, CustomStringConvertible {
    let description: String
  }

  private let pages: [String: String]
  private let elements: [String: String]
  private let words: [String: String]
  /// Marks of amounts, such as `US $`, with the codes of their currencies.
  let currencies: [String: String]

  /// - Throws: `Malformed`, naming what is wrong.
  init(file path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Malformed(description: "the file \(path) cannot be read")
    }
    do {
      try self.init(text)
    } catch {
      throw Malformed(description: "\(path): \(error)")
    }
  }

  init(_ text: String) throws {
    guard let json = try? JSON(parsing: text) else {
      throw Malformed(description: "it is not JSON, or a name comes twice")
    }
    pages = try Self.texts("pages", json, Page.allCases.map { ($0.rawValue, $0.placeholders) })
    elements = try Self.texts(
      "elements", json, Element.allCases.map { ($0.rawValue, $0.placeholders) })
    words = try Self.texts("words", json, Word.allCases.map { ($0.rawValue, []) })
    guard case .object(let marks)? = json["currencies"], !marks.isEmpty,
      marks.allSatisfy({ !$0.key.isEmpty && $0.value.text?.count == 3 })
    else { throw Malformed(description: "currencies must give marks and their currency codes") }
    currencies = marks.compactMapValues(\.text)
    if let page = pages.first(where: { !$0.value.hasPrefix("/") }) {
      throw Malformed(description: "pages.\(page.key) must start with /")
    }
  }

  /// One part of the file: exactly these names, each with a text that names its placeholders.
  private static func texts(
    _ part: String, _ json: JSON, _ wanted: [(name: String, placeholders: [String])]
  ) throws -> [String: String] {
    guard case .object(let members)? = json[part] else {
      throw Malformed(description: "\(part) is missing")
    }
    let names = Set(wanted.map(\.name))
    if let stranger = members.keys.sorted().first(where: { !names.contains($0) }) {
      throw Malformed(description: "\(part).\(stranger) is not known")
    }
    var texts: [String: String] = [:]
    for (name, placeholders) in wanted {
      guard let text = members[name]?.text, !text.isEmpty else {
        throw Malformed(description: "\(part).\(name) is missing")
      }
      if let lacking = placeholders.first(where: { !text.contains($0) }) {
        throw Malformed(description: "\(part).\(name) must contain \(lacking)")
      }
      texts[name] = text
    }
    return texts
  }

  /// A page's address under the shop's.
  func path(_ page: Page, product: String = "", country: String = "", order: String = "") -> String
  {
    (pages[page.rawValue] ?? "/")
      .replacing("{product}", with: Self.encoded(product))
      .replacing("{country}", with: Self.encoded(country))
      .replacing("{order}", with: Self.encoded(order))
  }

  /// A selector. The id of a variant is quoted for CSS.
  func selector(_ element: Element, sku: String = "") -> String {
    let quoted = sku.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return (elements[element.rawValue] ?? "").replacing("{sku}", with: quoted)
  }

  func word(_ word: Word) -> String { words[word.rawValue] ?? "" }

  /// Whether a text says a word as one of its parts, between commas, semicolons, bars, brackets or
  /// lines: "untracked" and "not tracked" do not say "tracked".
  func says(_ word: Word, in text: String) -> Bool {
    let wanted = self.word(word).lowercased()
    return text.lowercased().split(whereSeparator: { ",;|·•()[]\n\r\t".contains($0) })
      .contains { String($0).replacing("\u{A0}", with: " ").trimmed == wanted }
  }

  private static func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
