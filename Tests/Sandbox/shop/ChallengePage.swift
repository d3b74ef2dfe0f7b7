/// What the shop asks instead of showing a page when it doubts that its visitor is a person.
enum ChallengePage {
  /// - Parameter next: The page that was asked for.
  static func answer(next: String, _ account: String?) -> Answer {
    let body: HTML = """
      <h1>One more step</h1>
      <form id="challenge" method="post" action="/shop/challenge">
      <p>We have seen unusual activity. Enter the code that we sent to you.</p>
      <input type="hidden" name="next" value="\(next)">
      <label>Code <input id="challenge-code" name="code" inputmode="numeric" autocomplete="off">
      </label>
      <button class="main" id="challenge-submit">Continue</button>
      </form>
      """
    return ShopPage("One more step", account, body).answer()
  }
}

extension WorldState {
  /// The challenge that stands before a page, if one does.
  mutating func challenge(_ request: ShopRequest, _ keys: [String], now: Int64) -> Answer? {
    if request.path == "/shop/challenge", request.text("code") == Shop.Challenge.answer {
      shop.challenge = nil
      return .redirect(LoginPage.target(request))
    }
    if let until = shop.challenge?.until, until <= now { shop.challenge = nil }
    if shop.challenge == nil {
      guard let fault = strikeChallenge(request, keys) else { return nil }
      if fault.seconds != 0 {
        shop.challenge = Shop.Challenge(until: fault.seconds.map { now + $0 * 1000 })
      }
    }
    let next = request.path == "/shop/challenge" ? LoginPage.target(request) : request.comingBack
    return ChallengePage.answer(next: next, shop.account(request.token))
  }

  private mutating func strikeChallenge(_ request: ShopRequest, _ keys: [String]) -> Fault? {
    switch request.path {
    case "/shop/login", "/shop/checkout": faults.strike(ShopFault.captcha, keys)
    case "/shop/place": faults.strike(ShopFault.captchaAtPlacing, keys)
    default: nil
    }
  }
}
