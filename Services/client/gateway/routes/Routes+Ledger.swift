import Contract

extension Routes {
  /// What orders earned.
  static let sales: [Route] = [
    .reading(
      "/api/sales", "listSales", "Sales in the order of their booking.",
      query: [.userID] + QueryField.page
    ) { call in
      try await call.services.ledger.listSales(
        .init(
          userID: call.userID, pageSize: call.query.pageSize, pageToken: call.query.pageToken),
        options: call.options)
    },
    .reading("/api/sales/{orderId}", "getSale", "The sale of an order.") { call in
      try await call.services.ledger.getSale(
        .init(orderID: call.id("orderId")), options: call.options)
    },
    .taking(
      verb: .put, "/api/commission-rate", "setCommissionRate",
      "Sets the commission of sales from now on, for all or for one reseller. For administrators."
    ) { (call, request: SetCommissionRateRequest) in
      try await call.services.ledger.setCommissionRate(request, options: call.options)
    },
  ]

  /// Accounts.
  static let money: [Route] = [
    .reading(
      "/api/balance", "getBalance", "What an account holds, and what of it is free.",
      query: [.account, .environment, .currency]
    ) { call in
      try await call.services.ledger.getBalance(
        .init(account: call.account, environment: call.environment(), currency: call.currency),
        options: call.options)
    },
    .reading(
      "/api/statement", "getStatement", "What went through an account, oldest first.",
      query: [.account, .environment, .currency] + QueryField.page
    ) { call in
      try await call.services.ledger.getStatement(
        .init(
          account: call.account, environment: call.environment(), currency: call.currency,
          pageSize: call.query.pageSize, pageToken: call.query.pageToken), options: call.options)
    },
    .reading(
      "/api/trial-balance", "getTrialBalance",
      "Every account; debits and credits are equal. For administrators.",
      query: [.environment, .currency]
    ) { call in
      try await call.services.ledger.trialBalance(
        .init(environment: call.environment(), currency: call.query.text("currency")),
        options: call.options)
    },
  ]

  /// Transfers to payees, and where they go. A payout's id is percent-encoded in a path.
  static let payouts: [Route] = [
    .reading(
      "/api/payouts", "listPayouts", "Payouts, newest first.",
      query: [
        .text("payee", "admin, or reseller:42; absent for a reseller: himself."),
        .text("orderId", "Only those of this order."), .state(PayoutState.self),
      ] + QueryField.page
    ) { call in
      let payee = call.query.text("payee")
      return try await call.services.ledger.listPayouts(
        .init(
          payee: payee.isEmpty ? call.ownPayee : payee, orderID: call.query.text("orderId"),
          state: call.query.state(),
          pageSize: call.query.pageSize, pageToken: call.query.pageToken, newestFirst: true),
        options: call.options)
    },
    .reading("/api/payouts/{payoutId}", "getPayout", "A payout, and why it waits.") { call in
      try await call.services.ledger.getPayout(
        .init(payoutID: call.id("payoutId")), options: call.options)
    },
    .taking(
      "/api/payouts", "requestPayout", "Pays out an available balance.", makesID: true
    ) { (call, request: RequestPayoutRequest) in
      var request = request
      request.payoutID = try call.newID(request.payoutID)
      request.environment = call.environment(request.environment)
      if request.payee.isEmpty { request.payee = call.ownPayee }
      return try await call.services.ledger.requestPayout(request, options: call.options)
    },
    .reading(
      verb: .post, "/api/payouts/{payoutId}/retry", "retryPayout",
      "Sends again what did not go out. For administrators."
    ) { call in
      try await call.services.ledger.retryPayout(
        .init(payoutID: call.id("payoutId")), options: call.options)
    },
    .taking(
      "/api/payouts/{payoutId}/attest", "attestPayout",
      "Ends a payout that PayPal will not end. For administrators."
    ) { (call, request: AttestPayoutRequest) in
      var request = request
      try call.same(&request.payoutID, "payoutId")
      return try await call.services.ledger.attestPayout(request, options: call.options)
    },
    .reading(
      "/api/payout-recipients/{payee}", "listPayoutRecipients",
      "All addresses that a payee had, newest first.", query: [.environment]
    ) { call in
      try await call.services.ledger.listPayoutRecipients(
        .init(payee: call.id("payee"), environment: call.environment()), options: call.options)
    },
    .taking(
      verb: .put, "/api/payout-recipients/{payee}", "putPayoutRecipient",
      "Says where a payee's money goes."
    ) { (call, request: PutPayoutRecipientRequest) in
      var request = request
      try call.same(&request.payee, "payee")
      request.environment = call.environment(request.environment)
      return try await call.services.ledger.putPayoutRecipient(request, options: call.options)
    },
    .taking(
      "/api/payout-recipients/{payee}/verify", "verifyPayoutRecipient",
      "Says that an address is the payee's own. For administrators."
    ) { (call, request: VerifyPayoutRecipientRequest) in
      var request = request
      try call.same(&request.payee, "payee")
      request.environment = call.environment(request.environment)
      return try await call.services.ledger.verifyPayoutRecipient(request, options: call.options)
    },
  ]
}
