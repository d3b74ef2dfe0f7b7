/// What each reason of ours means for a purchase: of which class it is, what is done about it, and
/// whether it is tried again by itself.
///
/// Together with `ReasonCatalogue`, which gives every code of the supplier's one of these reasons, this
/// is the whole catalogue. Who owns a reason stands on the reason itself, since for some it depends on
/// the case.
enum ReasonSheet {
  /// How a purchase goes on by itself.
  enum Retry: Hashable, Sendable {
    /// It does not; the next generation is a person's decision.
    case never
    /// The same key after a pause, bounded by tries and by age.
    case sameKey
    /// The same request under the same key, to find out what became of it.
    case lookUp
    /// It asks the supplier again until its order is paid or closed.
    case poll
    /// At once, when new tokens are there.
    case whenTokensCome
  }

  struct Line: Hashable, Sendable {
    let certainty: ReasonCatalogue.Certainty
    let retry: Retry
    /// What a person does about it, or what is waited for.
    let action: String
  }

  static func line(_ code: PurchaseReason.Code) -> Line {
    switch code {
    case .productNotFound, .skuNotFound, .notOnSale:
      return definite("correct the listing, or refund")
    case .outOfStock, .quantityAboveLimit:
      return definite("try again later with what is in stock, or refund")
    case .currencyNotSupported: return definite("sell it in the supplier's pay currency, or refund")
    case .priceUnreadable: return definite("look at the product's page; buy it by hand, or refund")
    case .aboveCeiling: return definite("raise the ceiling, or refund")
    case .notSoldToCountry, .deliveryNotAvailable, .noTrackedDelivery:
      return definite("buy it by hand, or refund")
    case .resellerNotAllowed, .dryRun:
      return definite("change the setting and try again, or refund")
    case .dailyOrdersReached, .dailySpendReached:
      return definite("try again after midnight UTC, raise the limit, or refund")
    case .addressRefused, .taxIDRefused:
      return definite("ask the buyer, try again with the corrected address, or refund")
    case .buyerAccountRefused, .orderRefused:
      return definite("ask AliExpress' support, or refund")
    case .requestRefused, .unknownSupplierCode:
      return definite("tell those who maintain this program; buy it by hand, or refund")
    case .banTooLong:
      return definite("try again when the ban is over; or buy it by hand, or refund")
    case .aliExpressNotConfigured: return definite("set the supplier's address and try again")
    case .browserNotConfigured, .noCredentials, .credentialsExpired, .credentialsRevoked,
      .credentialsUndecryptable, .authorizationRefused:
      return definite("let the reseller authorize, then try again; or buy it by hand, or refund")
    default: return passing(code)
    }
  }

  /// What is not over yet.
  private static func passing(_ code: PurchaseReason.Code) -> Line {
    switch code {
    case .houseOrder, .apiClosed:
      definite("nothing; the shop's pages are used instead")
    case .browserBusy:
      Line(certainty: .transient, retry: .sameKey, action: "wait; others are with the account")
    case .browserUnavailable:
      Line(
        certainty: .transient, retry: .sameKey,
        action: "wait; or install chromium and chromium-driver where it is missing")
    case .browserChallenge:
      definite("log in to the shop's account by hand, answer what it asks, then try again")
    case .browserLoginRefused: definite("correct the shop account's settings, then try again")
    case .browserAccountClosed:
      Line(
        certainty: .transient, retry: .sameKey,
        action: "log in to the shop's account by hand and see to it; then "
          + "dropwire credentials reopen-shop, and try again what was refused")
    case .browserPageUnknown:
      definite("look at the screenshot, correct the selector profile, then try again")
    case .orderNotInList: definite("try again, or refund")
    case .credentialsRenewing:
      Line(certainty: .transient, retry: .whenTokensCome, action: "wait for new tokens")
    case .refreshUnknown:
      Line(
        certainty: .ambiguous, retry: .whenTokensCome,
        action: "wait until the same refresh was tried again")
    case .rateLimited, .supplierUnavailable:
      Line(certainty: .transient, retry: .sameKey, action: "wait; it is tried again")
    case .outcomeUnknown:
      Line(certainty: .ambiguous, retry: .lookUp, action: "wait; it is looked up")
    case .purchaseUnknown:
      Line(
        certainty: .ambiguous, retry: .never,
        action:
          "look into the supplier's order list, then mark it purchased or attest that it is not")
    case .awaitingSupplierPayment, .supplierPaymentFailed:
      Line(
        certainty: .transient, retry: .poll,
        action: "pay the order in the supplier's account before it lapses")
    case .supplierOrderUnreadable, .partlyClosed:
      Line(
        certainty: .transient, retry: .poll,
        action: "look at the order in the supplier's account")
    case .inLine: Line(certainty: .transient, retry: .sameKey, action: "wait; its turn comes")
    case .attestedNotPlaced, .supplierOrderClosed: definite("try again, or refund")
    default: preconditionFailure("every reason has a line")
    }
  }

  private static func definite(_ action: String) -> Line {
    Line(certainty: .definite, retry: .never, action: action)
  }
}

extension ReasonCatalogue.Entry {
  /// What a person does about it, or what is waited for.
  var action: String {
    advice.isEmpty ? ReasonSheet.line(code).action : advice
  }

  /// How a placing that is answered so goes on by itself.
  var retry: ReasonSheet.Retry {
    switch certainty {
    case .definite: providerCode == ReasonCatalogue.illegalAccessToken ? .whenTokensCome : .never
    case .doubtful, .transient: .sameKey
    case .ambiguous: providerCode == ReasonCatalogue.repeatedOrder ? .never : .lookUp
    }
  }
}
