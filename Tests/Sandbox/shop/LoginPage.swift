/// Where a buyer logs in.
struct LoginPage: Sendable {
  private let next: String
  private let email: String
  private let error: String

  init(_ request: ShopRequest, error: String = "") {
    next = Self.target(request)
    email = request.text("loginId")
    self.error = error
  }

  /// Where a login leads: a page of the shop and nowhere else.
  static func target(_ request: ShopRequest) -> String {
    let next = request.text("next")
    return next == "/shop" || next.hasPrefix("/shop/") || next.hasPrefix("/shop?") ? next : "/shop"
  }

  var answer: Answer {
    let notice: HTML = error.isEmpty ? "" : "<p class=\"login-error notice\">\(error)</p>"
    return ShopPage(
      "Sign in", nil,
      """
      <h1>Sign in</h1>
      \(notice)
      <form id="login-form" method="post" action="/shop/login">
      <input type="hidden" name="next" value="\(next)">
      <label>Email <input id="fm-login-id" name="loginId" value="\(email)" autocomplete="username">
      </label>
      <label>Password <input id="fm-login-password" name="password" type="password"
      autocomplete="current-password"></label>
      <button class="main" id="login-submit">Sign in</button>
      </form>
      """
    ).answer()
  }
}
