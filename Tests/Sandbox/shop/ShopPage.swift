import Money

/// What all pages of the shop have around their body.
struct ShopPage: Sendable {
  let title: String
  /// Nil when nobody is logged in.
  let account: String?
  let body: HTML

  init(_ title: String, _ account: String?, _ body: HTML) {
    self.title = title
    self.account = account
    self.body = body
  }

  /// A page that only says why there is nothing else on it.
  static func notice(_ title: String, _ account: String?, _ kind: String, _ text: String)
    -> ShopPage
  {
    ShopPage(title, account, "<h1>\(title)</h1><p class=\"\(kind) notice\">\(text)</p>")
  }

  func answer(status: Int = 200) -> Answer {
    let person: HTML =
      account == nil
      ? "<a href=\"/shop/login\">Sign in</a>" : "<span id=\"signed-in\">\(Shop.email)</span>"
    let html: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) - Shop sandbox</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      <header><a class="brand" href="/shop">Shop sandbox</a>
      <nav><a href="/shop/orders">My orders</a> \(person)</nav></header>
      <main>
      \(body)
      </main>
      </body>
      </html>

      """
    return Answer(
      status: status, body: .html(html.text),
      headers: [(name: "Cache-Control", value: "no-store")])
  }

  /// As the shop writes US cents, such as `US $1,234.50`.
  static func money(_ cents: Int64) -> String {
    let parts = usd(cents).split(separator: ".")
    let whole = String(parts.first ?? "0")
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return "US $\(grouped).\(parts.last ?? "00")"
  }

  private static let style: HTML = """
    *{box-sizing:border-box}
    body{margin:0;background:#f5f5f5;color:#222;font:16px/1.5 system-ui,sans-serif}
    header{display:flex;justify-content:space-between;align-items:center;padding:12px 24px;
    background:#fff;border-bottom:3px solid #e43225}
    .brand{font-weight:700;font-size:20px;color:#e43225}
    a{color:#1a5fb4;text-decoration:none} nav>*{margin-left:16px}
    main{max-width:900px;margin:24px auto;padding:24px;background:#fff;border-radius:8px}
    h1{margin:0 0 16px;font-size:24px} h2{margin:24px 0 8px;font-size:18px}
    label{display:block;margin:8px 0} input,select{font:inherit;padding:6px 8px;width:100%;
    border:1px solid #bbb;border-radius:4px}
    input[type=radio]{width:auto} input[type=number]{width:100px}
    button{font:inherit;padding:8px 20px;border:1px solid #bbb;border-radius:20px;background:#fff;
    cursor:pointer}
    button.main{background:#e43225;border-color:#e43225;color:#fff}
    .sku-item{border-radius:4px;margin-right:8px}
    .sku-item[aria-pressed=true]{border-color:#e43225;box-shadow:0 0 0 1px #e43225}
    .sku-item[aria-disabled=true]{color:#999;text-decoration:line-through;cursor:not-allowed}
    .price{font-size:28px;font-weight:700}
    .notice{padding:8px 12px;border-radius:4px;background:#fdecea;color:#8c1d18}
    .card{padding:12px;border:1px solid #ddd;border-radius:6px}
    .grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:16px}
    .fields{display:grid;grid-template-columns:1fr 1fr;gap:0 16px}
    table{width:100%;border-collapse:collapse}
    th,td{text-align:left;padding:6px 8px;border-bottom:1px solid #eee;vertical-align:top}
    time,.order-amount,.order-id{white-space:nowrap} dl{display:grid;grid-template-columns:140px 1fr;margin:0} dd{margin:0}
    .order-number{display:block} [hidden]{display:none!important}
    """
}
