import Money
import Outside

/// The page that a browser shows, read through the selector profile.
struct ShopPage: Sendable {
  /// The longest wait for something to appear on a page that has loaded.
  static let appearTimeout = Duration.seconds(15)

  let session: WebDriverSession
  let profile: ShopProfile
  /// Base of the shop's pages.
  let url: String

  func open(
    _ page: ShopProfile.Page, product: String = "", country: String = "", order: String = ""
  ) async throws {
    try await session.open(
      url + profile.path(page, product: product, country: country, order: order))
  }

  /// Waits until one of several elements is visible, and says which, the first of them first.
  ///
  /// - Throws: `BrowserFailure`: `challenge` when the shop asks for one, `shopDown` when it failed,
  ///   `unexpectedPage` when nothing of that appears in time.
  func wait(for elements: [ShopProfile.Element], sku: String = "") async throws
    -> ShopProfile.Element
  {
    let deadline = ContinuousClock.now + Self.appearTimeout
    let wanted = [.challenge] + elements
    repeat {
      if let found = try await visible(wanted, sku) {
        if found == .challenge { throw try await challenge() }
        return found
      }
      try await Task.sleep(for: .milliseconds(50))
    } while ContinuousClock.now < deadline
    let names = elements.map(\.rawValue).joined(separator: ", ")
    throw BrowserFailure.unexpectedPage("the page shows none of: \(names)")
  }

  func wait(for element: ShopProfile.Element, sku: String = "") async throws {
    _ = try await wait(for: [element], sku: sku)
  }

  private static let visibleScript = """
    const page = performance.getEntriesByType('navigation')[0];
    const shown = s => [...document.querySelectorAll(s)].some(e => e.getClientRects().length > 0);
    return { found: arguments[0].findIndex(shown), status: page ? page.responseStatus || 0 : 0,
      url: location.href };
    """

  /// The first of these that is visible now; nil when none is, also while the page changes.
  private func visible(_ elements: [ShopProfile.Element], _ sku: String) async throws
    -> ShopProfile.Element?
  {
    let answer: JSON
    do {
      answer = try await session.script(
        Self.visibleScript, .array(elements.map { .string(profile.selector($0, sku: sku)) }))
    } catch is WebDriverRefusal {
      return nil
    }
    if let found = answer["found"]?.integer, elements.indices.contains(Int(found)) {
      return elements[Int(found)]
    }
    let status = answer["status"]?.integer ?? 0
    if status >= 500 { throw BrowserFailure.shopDown("the shop answers with status \(status)") }
    if answer["url"]?.text?.hasPrefix("chrome-error:") == true {
      throw BrowserFailure.shopDown("the shop cannot be reached")
    }
    return nil
  }

  /// Whether it is visible now.
  func shows(_ element: ShopProfile.Element, sku: String = "") async throws -> Bool {
    try await visible([element], sku) != nil
  }

  /// Whether it is visible, on a page that has loaded; a challenge is none's page.
  func isThere(_ element: ShopProfile.Element) async throws -> Bool {
    let found = try await visible([.challenge, element], "")
    if found == .challenge { throw try await challenge() }
    return found == element
  }

  /// Waits until an element is gone; the old page may be there for a moment after a click.
  ///
  /// - Returns: the text of another element that appears instead; nil when none does.
  func waitUntilGone(_ element: ShopProfile.Element, or error: ShopProfile.Element) async throws
    -> String?
  {
    let deadline = ContinuousClock.now + Self.appearTimeout
    repeat {
      if try await isThere(error) { return try await text(error) }
      if try await !isThere(element), try await isLoaded() { return nil }
      try await Task.sleep(for: .milliseconds(50))
    } while ContinuousClock.now < deadline
    return "it shows \(element.rawValue) again"
  }

  private func isLoaded() async throws -> Bool {
    let answer = try? await session.script("return document.readyState === 'complete';")
    return answer?.bool == true
  }

  /// Where a link leads; nil when there is none, or it leads out of the shop.
  func target(_ link: ShopProfile.Element) async throws -> String? {
    let answer = try await session.script(
      "const e = document.querySelector(arguments[0]); return e ? e.href : '';",
      .string(profile.selector(link)))
    return answer.text.flatMap { $0.hasPrefix(url + "/") ? $0 : nil }
  }

  private func challenge() async throws -> BrowserFailure {
    .challenge("the shop asks for a captcha or a code: \(try await text(.challenge).prefix(120))")
  }

  /// Whether the shop says that there is no such page.
  func isMissing() async throws -> Bool {
    let status = try await session.script(
      "const p = performance.getEntriesByType('navigation')[0]; return p ? p.responseStatus : 0;")
    return status.integer == 404
  }

  /// Chooses a way of delivery.
  func clickDelivery(_ code: String) async throws {
    let quoted = code.replacing("\"", with: "\\\"")
    try await acting(.delivery) {
      try await session.click("\(profile.selector(.delivery))[value=\"\(quoted)\"]")
    }
  }

  /// The text of the first such element; empty when there is none.
  func text(_ element: ShopProfile.Element) async throws -> String {
    try await texts(element).first ?? ""
  }

  /// The texts of all such elements.
  func texts(_ element: ShopProfile.Element) async throws -> [String] {
    let answer = try await session.script(
      "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText.trim());",
      .string(profile.selector(element)))
    return answer.elements.compactMap(\.text)
  }

  /// What a field holds.
  func value(_ element: ShopProfile.Element) async throws -> String {
    let answer = try await session.script(
      "const e = document.querySelector(arguments[0]); return e ? String(e.value) : '';",
      .string(profile.selector(element)))
    return answer.text ?? ""
  }

  func click(_ element: ShopProfile.Element, sku: String = "") async throws {
    try await acting(element) {
      try await session.click(profile.selector(element, sku: sku))
    }
  }

  func type(_ text: String, into element: ShopProfile.Element) async throws {
    try await acting(element) {
      try await session.type(text, into: profile.selector(element))
    }
  }

  /// Chooses of a list by the value of an option.
  func choose(_ value: String, in element: ShopProfile.Element) async throws {
    let quoted = value.replacing("\"", with: "\\\"")
    try await acting(element) {
      try await session.click("\(profile.selector(element)) option[value=\"\(quoted)\"]")
    }
  }

  /// What the driver refuses to do to an element says that the page is not as expected.
  private func acting(_ element: ShopProfile.Element, _ body: () async throws -> Void) async throws
  {
    do {
      try await body()
    } catch let refusal as WebDriverRefusal {
      if refusal.code == "timeout" { throw BrowserFailure.shopDown("the next page does not load") }
      throw BrowserFailure.unexpectedPage(
        "\(element.rawValue) cannot be used: \(refusal.shown)")
    }
  }

  /// The amount that an element shows; nil when it cannot be read.
  func amount(_ element: ShopProfile.Element) async throws -> Amount? {
    ShopMoney.read(try await text(element), profile)
  }
}
