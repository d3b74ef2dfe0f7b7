import Contract
import Money
import Outside

/// One browser in the shop, with the platform's account.
struct ShopVisit: Sendable {
  let page: ShopPage
  let environment: Contract.Environment
  let account: BrowserSettings.Account
  let sessions: ShopSessions
  let screenshots: Screenshots
  let log: VisitLog

  /// Takes one step, and keeps what the page looks like after it, or where it failed.
  func step<Value: Sendable>(_ step: BrowserStep, _ body: () async throws -> Value) async throws
    -> Value
  {
    log.begin(step)
    do {
      let value = try await body()
      await photograph()
      return value
    } catch {
      await photograph()
      throw error
    }
  }

  private func photograph() async {
    guard let bytes = try? await page.session.screenshot() else { return }
    screenshots.keep(bytes, log)
  }

  // MARK: The account

  /// Takes up the session that was kept, or logs in.
  func begin() async throws {
    try await step(.login) {
      try await page.open(.login)
      if let cookies = await sessions.cookies(environment, account.email), !cookies.isEmpty {
        for cookie in cookies {
          // One that is over or odd is no reason to stop: then the shop asks for the password.
          _ = try? await page.session.add(cookie: cookie)
        }
        try await page.open(.login)
      }
      // Who is logged in is led elsewhere.
      if try await page.isThere(.loginForm) { try await logIn() }
    }
  }

  /// Fills in the form that is shown.
  private func logIn() async throws {
    try await page.type(account.email, into: .loginEmail)
    // From the settings into the field, and nowhere else.
    try await page.type(account.password.reveal { $0 }, into: .loginPassword)
    try await page.click(.loginSubmit)
    let said = try await page.waitUntilGone(.loginForm, or: .loginError)
    if let said {
      throw BrowserFailure.loginRefused("the shop does not let the account in: \(said.prefix(120))")
    }
    try await sessions.keep(try await page.session.cookies(), environment, account.email)
  }

  /// Waits for one of several elements, and logs in once when the shop asks for that on the way.
  func arrive(at elements: [ShopProfile.Element], sku: String = "") async throws
    -> ShopProfile.Element
  {
    let found = try await page.wait(for: elements + [.loginForm], sku: sku)
    guard found == .loginForm else { return found }
    try await logIn()
    return try await page.wait(for: elements, sku: sku)
  }
}
