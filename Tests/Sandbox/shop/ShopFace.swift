/// The shop's pages, at `/shop`.
struct ShopFace: Sendable {
  let world: World

  func answer(_ call: Call) -> Answer {
    let request = ShopRequest(call)
    return world.change { state, now in state.visit(request, now: now) }
  }
}

extension WorldState {
  /// Answers a request to the shop, with what goes wrong on any page.
  mutating func visit(_ request: ShopRequest, now: Int64) -> Answer {
    var account = shop.account(request.token)
    if faults.isEmpty, shop.challenge == nil { return serve(request, account, [], now: now) }
    let keys = keys(of: request)
    if account != nil, faults.strike(ShopFault.sessionLost, keys) != nil {
      shop.logOut(request.token)
      account = nil
    }
    let answer =
      challenge(request, keys, now: now) ?? serve(request, account, keys, now: now)
    guard let fault = faults.strike(ShopFault.slow, keys) else { return answer }
    return answer.delayed(fault.delayMilliseconds ?? fault.seconds.map { $0 * 1000 } ?? 5000)
  }

  /// What a fault's `match` is looked for in.
  private func keys(of request: ShopRequest) -> [String] {
    var keys = [request.path, request.text("sku")]
    if let draft = request.number("checkout").flatMap({ shop.draft($0) }) {
      keys += [draft.skuID, draft.productID]
      if draft.hasNewAddress { keys += [draft.address.contactPerson, draft.address.address] }
    } else if let product = supplier.catalogue.product(ofSKU: request.text("sku")) {
      keys.append(product.id)
    }
    return keys + [request.text("contactPerson"), request.text("address"), request.text("loginId")]
  }

  private mutating func serve(
    _ request: ShopRequest, _ account: String?, _ keys: [String], now: Int64
  ) -> Answer {
    switch (request.verb, request.path) {
    case (.get, "/shop"):
      return ShopPage("Everything", account, HomePage.html(supplier.catalogue)).answer()
    case (.get, "/shop/login"):
      if account != nil { return .redirect(LoginPage.target(request)) }
      return LoginPage(request).answer
    case (.post, "/shop/login"): return logIn(request, keys)
    case (.get, _) where request.path.hasPrefix("/shop/item/"):
      return item(request, account, keys)
    default: break
    }
    guard let account else {
      return .redirect("/shop/login?next=" + FormFields.encoded(request.comingBack))
    }
    return serve(request, for: account, keys, now: now)
  }

  private mutating func serve(
    _ request: ShopRequest, for account: String, _ keys: [String], now: Int64
  ) -> Answer {
    switch (request.verb, request.path) {
    case (.get, "/shop/checkout"): return checkout(request, account, keys)
    case (.post, "/shop/address"): return enterAddress(request, account)
    case (.post, "/shop/place"): return place(request, account, keys, now: now)
    case (.get, "/shop/orders"): return orderList(request, account, now: now)
    default: break
    }
    if let id = request.path(after: "/shop/orders/"), request.verb == .get {
      guard let order = Int64(id).flatMap({ visible($0, account, now: now) }) else {
        return .noSuchPage(account)
      }
      return ShopPage("Order \(id)", account, OrderPage.html(order, now: now)).answer()
    }
    if let ids = request.path(after: "/shop/confirmation/"), request.verb == .get {
      let orders = ids.split(separator: "-").compactMap { Int64($0) }
        .compactMap { supplier.orders[$0] }.filter { $0.account == account }
      guard !orders.isEmpty else { return .noSuchPage(account) }
      return ShopPage("Thank you", account, ConfirmationPage.html(orders, now: now)).answer()
    }
    return .noSuchPage(account)
  }

  private mutating func logIn(_ request: ShopRequest, _ keys: [String]) -> Answer {
    guard request.text("loginId") == Shop.email, request.text("password") == Shop.password else {
      return LoginPage(request, error: "Your account name or password is incorrect.").answer
    }
    if faults.strike(ShopFault.loginRefused, keys) != nil {
      return LoginPage(request, error: "You cannot sign in at the moment.").answer
    }
    let token = shop.logIn(Shop.account)
    var answer = Answer.redirect(LoginPage.target(request))
    answer.headers.append(
      (
        name: "Set-Cookie",
        value: "\(ShopRequest.cookie)=\(token); Path=/shop; HttpOnly; SameSite=Lax"
      ))
    return answer
  }

  private mutating func item(_ request: ShopRequest, _ account: String?, _ keys: [String])
    -> Answer
  {
    let id = request.path(after: "/shop/item/").map { $0.prefix { $0 != "." } } ?? ""
    guard let product = supplier.catalogue.product(String(id)), product.isOnSale else {
      return ShopPage.notice(
        "Gone", account, "product-gone", "Sorry, this item is no longer available."
      ).answer(status: 404)
    }
    let country = request.text("shipTo")
    let page = ItemPage(
      product: product, country: country.isEmpty ? "US" : country,
      isSoldOut: faults.strike(ShopFault.soldOut, keys) != nil)
    return ShopPage(product.title, account, page.html).answer()
  }

  private func orderList(_ request: ShopRequest, _ account: String, now: Int64) -> Answer {
    let orders = supplier.orders.values.filter { $0.account == account && isReadable($0, now) }
      .sorted { $0.id > $1.id }
    let page = OrderListPage(orders: orders, number: Int(request.number("page") ?? 1), now: now)
    return ShopPage("My orders", account, page.html).answer()
  }

  private func visible(_ id: Int64, _ account: String, now: Int64) -> SupplierOrder? {
    guard let order = supplier.orders[id], order.account == account, isReadable(order, now) else {
      return nil
    }
    return order
  }

  private func isReadable(_ order: SupplierOrder, _ now: Int64) -> Bool {
    now - order.placedAt >= settings.orderReadableAfter
  }
}

extension Answer {
  static func redirect(_ target: String) -> Answer {
    Answer(status: 303, body: .none, headers: [(name: "Location", value: target)])
  }

  /// A page for people when the shop is in trouble.
  static func trouble(_ status: Int, _ account: String) -> Answer {
    ShopPage.notice(
      "Sorry", account, "server-error", "Something went wrong. Please try again later."
    ).answer(status: status)
  }

  static func noSuchPage(_ account: String?) -> Answer {
    ShopPage.notice("Nothing here", account, "no-page", "This page does not exist.")
      .answer(status: 404)
  }
}
