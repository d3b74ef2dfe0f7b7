import Contract

extension Routes {
  /// The checkout.
  static let paying: [Route] = [
    .taking(
      "/api/paypal/create-order", "createOrder",
      "Makes an order of a listing and its PayPal order; the buyer approves it at approveUrl.",
      makesID: true
    ) { (call, request: CreateCheckoutRequest) in
      var request = request
      request.orderID = try call.newID(request.orderID)
      return try await call.services.orders.createCheckout(request, options: call.options)
    },
    .taking(
      "/api/paypal/capture-order", "captureOrder",
      "Captures the buyer's payment and answers with the order's state; fulfilment goes on."
    ) { (call, request: CaptureOrderRequest) in
      try await call.services.orders.captureOrder(request, options: call.options)
    },
    Route(
      .post, "/api/paypal/webhook", "takePayPalEvent",
      "Takes PayPal's signed events; answered once they are stored.", audience: .everyone,
      body: .raw, answer: .document
    ) { try await ProviderEvents.payPal($0) },
    Route(
      .post, "/api/aliexpress/push", "takeAliExpressPush",
      "Takes AliExpress' push messages as hints; answered once they are stored.",
      audience: .everyone,
      query: [.environment, .text("token", "The token that the address was given.")], body: .raw,
      answer: .document
    ) { try await ProviderEvents.aliExpress($0) },
  ]

  /// Orders, and what people do about them.
  static let orders: [Route] = [
    .reading(
      "/api/orders", "listOrders", "Orders, newest first.",
      query: [.userID, .state(OrderState.self)] + QueryField.page
    ) { call in
      try await call.services.orders.listOrders(
        .init(
          userID: call.userID, state: call.query.state(), pageSize: call.query.pageSize,
          pageToken: call.query.pageToken), options: call.options)
    },
    Route(
      .get, "/api/events", "watchOrders",
      "Orders as server-sent events: as they are now, then whenever they change.",
      query: [.userID, .text("orderId", "Only this order.")], answer: .events(Order.shape)
    ) { try await OrderEvents.response($0, .everything) },
    .reading("/api/orders/{orderId}", "getOrder", "An order, and why it waits.") { call in
      try await call.services.orders.getOrder(
        .init(orderID: call.id("orderId")), options: call.options)
    },
    .reading(
      "/api/orders/{orderId}/history", "getOrderHistory", "An order's story, oldest first."
    ) { call in
      try await call.services.orders.getOrderHistory(
        .init(orderID: call.id("orderId")), options: call.options)
    },
    .reading(
      "/api/orders/{orderId}/purchase", "getPurchase",
      "What was bought from the supplier for an order, with every attempt."
    ) { call in
      try await call.services.purchasing.getPurchase(
        .init(orderID: call.id("orderId")), options: call.options)
    },
    .reading(
      "/api/orders/{orderId}/tracking", "getTracking", "How an order's goods travel."
    ) { call in
      try await call.services.purchasing.getTracking(
        .init(orderID: call.id("orderId")), options: call.options)
    },
    .taking(
      "/api/orders/{orderId}/retry", "retryOrder",
      "Tries again what was definitely refused, where the order's reason allows it."
    ) { (call, request: RetryOrderRequest) in
      var request = request
      try call.same(&request.orderID, "orderId")
      return try await call.services.orders.retryOrder(request, options: call.options)
    },
    .taking(
      "/api/orders/{orderId}/mark-purchased", "markPurchased",
      "Says that the goods were bought. For administrators."
    ) { (call, request: MarkPurchasedRequest) in
      var request = request
      try call.same(&request.orderID, "orderId")
      return try await call.services.orders.markPurchased(request, options: call.options)
    },
    .taking(
      "/api/orders/{orderId}/attest-not-placed", "attestNotPlaced",
      "Attests that the supplier has no order for it. For administrators."
    ) { (call, request: AttestNotPlacedRequest) in
      var request = request
      try call.same(&request.orderID, "orderId")
      return try await call.services.orders.attestNotPlaced(request, options: call.options)
    },
    .taking(
      verb: .put, "/api/orders/{orderId}/tracking", "submitTracking", "Says how the goods travel."
    ) { (call, request: SubmitTrackingRequest) in
      var request = request
      try call.same(&request.orderID, "orderId")
      return try await call.services.orders.submitTracking(request, options: call.options)
    },
    .taking(
      "/api/orders/{orderId}/cancel", "cancelOrder",
      "Ends an order: unpaid, or with the money back because nothing was bought."
    ) { (call, request: CancelOrderRequest) in
      var request = request
      try call.same(&request.orderID, "orderId")
      return try await call.services.orders.cancelOrder(request, options: call.options)
    },
  ]

  /// What is sold.
  static let listings: [Route] = [
    .reading(
      "/api/listings", "listListings", "What is sold.", query: [.userID] + QueryField.page
    ) { call in
      try await call.services.orders.listListings(
        .init(
          userID: call.userID, pageSize: call.query.pageSize, pageToken: call.query.pageToken),
        options: call.options)
    },
    .reading("/api/listings/{listingId}", "getListing", "A listing.") { call in
      try await call.services.orders.getListing(
        .init(listingID: call.id("listingId")), options: call.options)
    },
    .taking(
      verb: .put, "/api/listings/{listingId}", "putListing",
      "Puts what a reseller sells, at which price, or changes it."
    ) { (call, request: PutListingRequest) in
      var request = request
      try call.same(&request.listingID, "listingId")
      request.userID = call.userID(request.userID)
      request.environment = call.environment(request.environment)
      return try await call.services.orders.putListing(request, options: call.options)
    },
  ]
}
