@testable import Sandbox

/// A buyer's browser without its scripts: it keeps the cookie, and shows where it is sent.
struct ShopVisitor {
  struct Page {
    let text: String

    /// 0 when the connection ended without an answer.
    var status: Int { Int(text.dropFirst(9).prefix(3)) ?? 0 }
    /// Empty when it leads nowhere.
    var location: String { header("Location") }

    func header(_ name: String) -> String {
      guard let start = text.firstRange(of: "\r\n\(name): ")?.upperBound else { return "" }
      return String(text[start...].prefix { $0 != "\r\n" })
    }

    /// Whether an element has this attribute, such as `id="challenge"`; the style has none.
    func has(_ attribute: String) -> Bool { text.contains(attribute) }

    /// The text in the first element with an attribute; empty when there is none.
    func value(_ attribute: String) -> String {
      guard let start = text.firstRange(of: attribute)?.upperBound else { return "" }
      return String(text[start...].drop { $0 != ">" }.dropFirst().prefix { $0 != "<" })
    }

    /// How often something is on the page.
    func count(_ part: String) -> Int { text.ranges(of: part).count }
  }

  static let address = [
    "contactPerson": "Ada Lovelace", "phoneCountry": "+1", "mobileNo": "4155550100",
    "address": "1 Market Street", "address2": "", "city": "San Francisco",
    "province": "California", "country": "US", "zip": "94105", "cpf": "",
  ]

  let port: UInt16
  var cookie = ""

  func get(_ path: String) async -> Page {
    Page(text: await Served.send("GET \(path) HTTP/1.1" + cookieHeader, to: port))
  }

  func post(_ path: String, _ fields: [String: String]) async -> Page {
    let body = WorldUnderTest.form(fields)
    let head =
      "POST \(path) HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      + "Content-Length: \(body.utf8.count)"
    return Page(text: await Served.send(head + cookieHeader, body, to: port))
  }

  @discardableResult
  mutating func logIn(password: String = Shop.password, next: String = "") async -> Page {
    let page = await post(
      "/shop/login", ["loginId": Shop.email, "password": password, "next": next])
    let given = page.header("Set-Cookie")
    if !given.isEmpty { cookie = String(given.prefix { $0 != ";" }) }
    return page
  }

  /// Begins a checkout.
  func checkout(sku: String = "12000000000000001", quantity: Int = 1) async -> Page {
    await get("/shop/checkout?sku=\(sku)&quantity=\(quantity)")
  }

  /// Goes on with the checkout that a page belongs to.
  func enter(_ address: [String: String] = address, on page: Page) async -> Page {
    let fields = address.merging(["checkout": page.checkoutID]) { first, _ in first }
    let answer = await post("/shop/address", fields)
    return answer.location.isEmpty ? answer : await get(answer.location)
  }

  func place(_ page: Page, delivery: String = "CAINIAO_STANDARD") async -> Page {
    await post("/shop/place", ["checkout": page.checkoutID, "delivery": delivery])
  }

  /// Orders a piece for somebody.
  func order(for name: String = "Ada Lovelace", sku: String = "12000000000000001") async -> Page {
    let address = Self.address.merging(["contactPerson": name]) { $1 }
    return await place(await enter(address, on: await checkout(sku: sku)))
  }

  func fault(_ name: String, _ extras: JSON = [:]) async {
    let body = JSON.object([.init(name: "name", value: .string(name))] + (extras.members ?? []))
    let answer = await Served.post(
      "/control/faults", String(decoding: body.bytes, as: UTF8.self), to: port)
    precondition(answer.hasPrefix("HTTP/1.1 200"))
  }

  private var cookieHeader: String { cookie.isEmpty ? "" : "\r\nCookie: a=b; \(cookie)" }
}

extension ShopVisitor.Page {
  /// The checkout that the page's forms belong to.
  var checkoutID: String {
    guard let start = text.firstRange(of: "name=\"checkout\" value=\"")?.upperBound else {
      return ""
    }
    return String(text[start...].prefix { $0 != "\"" })
  }
}
