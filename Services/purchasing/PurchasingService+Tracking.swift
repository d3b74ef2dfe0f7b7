import Contract
import RPC
import Runtime
import Store

extension PurchasingService {
  /// Tells how far the goods of a purchase have come. Within `trackingAge` of the last time, and after
  /// the delivery, the supplier is not asked again; the shop's pages, where goods of the browser are
  /// looked for, are left alone for `shopTrackingAge`. When it cannot be asked, what it said last is
  /// told, with the reason.
  ///
  /// FAILED_PRECONDITION: NOTHING_TO_TRACK before there is a supplier's order, TRACKED_BY_PERSON for
  /// one that no API tells of, or the reason for which the supplier cannot be asked; UNAVAILABLE when
  /// it does not answer.
  func getTracking(_ request: GetTrackingRequest, _ context: CallContext) async throws -> Tracking {
    let actor = try context.actor()
    var fields = Fields()
    guard let orderID = fields.id("order_id", request.orderID) else { throw fields.refusal }
    let found = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      let purchase = try purchases.require(orderID)
      return TrackingQuestion(
        purchase: purchase, known: try purchases.tracking(of: purchase),
        account: try purchases.attempts(orderID).last { $0.outcome != .refused }?.account,
        credentials: try CredentialStore(transaction: transaction).sealed(purchase.credentialKey),
        now: transaction.now)
    }
    try actor.requireAccess(to: found.purchase.content.userID)
    guard !found.purchase.supplierOrderIDs.isEmpty else {
      throw PurchasingError.nothingToTrack(
        orderID: orderID, state: found.purchase.state.rawValue)
    }
    let shop = shop(of: found.purchase, boughtBy: found.account)
    let age = shop == nil ? trackingAge : shopTrackingAge
    if let known = found.known, known.isFresh(within: age, now: found.now) {
      return known.tracking
    }
    guard found.purchase.path == "api" || shop != nil else {
      throw PurchasingError.trackedByPerson(
        orderID: orderID, supplierOrderIDs: found.purchase.supplierOrderIDs)
    }
    do throws(PurchasingError) {
      if let shop { return try await askShop(found.purchase, shop) }
      return try await ask(found, actor)
    } catch {
      guard var known = found.known?.tracking, let reason = error.supplierReason else {
        throw error
      }
      known.reason = Reason(reason)
      return known
    }
  }

  /// Asks the supplier about each order, and keeps what it says.
  private func ask(_ question: TrackingQuestion, _ actor: Actor) async throws(PurchasingError)
    -> Tracking
  {
    let content = question.purchase.content
    do {
      let account = try await open(
        question.credentials, content.userID, content.environment, now: question.now)
      var orders: [SupplierOrder] = []
      for id in question.purchase.supplierOrderIDs {
        orders.append(try await value(await account.order(id), question, actor))
      }
      let status = TrackingRules.status(of: orders)
      var parcels: [Parcel] = []
      if status == .shipped || status == .delivered {
        for order in orders where !order.isCancelled {
          parcels += try await value(await account.parcels(of: order.id), question, actor)
        }
      }
      let (told, said) = (parcels, TrackingRules.supplierStatus(of: orders))
      let use = CredentialStore.Use(
        action: .use, version: question.credentials?.version ?? 0, actor: "\(actor)",
        purpose: "tracking of \(content.key)")
      return try await store.write { transaction in
        let key = question.purchase.credentialKey
        try CredentialStore(transaction: transaction).record(use, of: key)
        let tracking = Tracking(content.orderID, status, said, told, askedAt: transaction.now)
        try PurchaseStore(transaction: transaction).keep(tracking, of: question.purchase)
        return tracking
      }
    } catch let error as PurchasingError {
      throw error
    } catch {
      throw .supplierSilent(
        PurchaseReason(code: .supplierUnavailable, text: "\(error)", owner: .nobody))
    }
  }

  private func value<Value>(
    _ reading: Reading<Value>, _ question: TrackingQuestion, _ actor: Actor
  ) async throws -> Value {
    switch reading {
    case .value(let value): return value
    case .refused(let reason) where reason.isTokenRefused:
      throw try await cure(
        reason, question.purchase.credentialKey, version: question.credentials?.version ?? 0,
        by: actor)
    case .refused(let reason): throw PurchasingError.supplierRefused(reason)
    case .later(let reason, _): throw PurchasingError.supplierSilent(reason)
    }
  }
}

/// What is known when somebody asks for tracking.
private struct TrackingQuestion: Sendable {
  let purchase: Purchase
  let known: PurchaseStore.KnownTracking?
  /// That the purchase was made with.
  let account: String?
  let credentials: SealedCredentials?
  let now: Int64
}

extension PurchaseStore.KnownTracking {
  /// Whether what was said last need not be asked again.
  func isFresh(within age: Int64, now: Int64) -> Bool {
    if tracking.status == TrackingRules.Status.delivered.rawValue { return true }
    return (0..<max(age, 1)).contains(now - askedAt)
  }
}

extension PurchasingError {
  /// Why the supplier could not be asked; nil for every other refusal.
  fileprivate var supplierReason: PurchaseReason? {
    switch self {
    case .supplierRefused(let reason), .supplierSilent(let reason): reason
    case .notAllowed, .generationNotNext, .nothingToReconcile, .stillLookedUp, .changedMeanwhile,
      .lookUpImpossible, .supplierOrderRefused, .nothingToTrack, .trackedByPerson:
      nil
    }
  }
}

extension Purchase {
  fileprivate var credentialKey: CredentialKey {
    CredentialKey(userID: content.userID, environment: content.environment)
  }
}

extension Tracking {
  /// The first parcel that the carrier has seen stands for all at the top.
  init(
    _ orderID: String, _ status: TrackingRules.Status, _ supplierStatus: String,
    _ parcels: [Parcel], askedAt: Int64
  ) {
    let first = parcels.first
    let newest = parcels.max { $0.lastSeenAt < $1.lastSeenAt }
    self.init(
      orderID: orderID, carrier: first?.carrier ?? "",
      trackingNumber: first?.trackingNumber ?? "", status: status.rawValue,
      updatedAt: Timestamp(milliseconds: askedAt), lastSeenAt: .told(newest?.lastSeenAt ?? 0),
      lastSeen: newest?.lastSeen ?? "",
      firstSeenAt: .told(parcels.map(\.firstSeenAt).filter { $0 > 0 }.min() ?? 0),
      supplierStatus: supplierStatus,
      parcels: parcels.map {
        .init(
          supplierOrderID: $0.supplierOrderID, carrier: $0.carrier,
          trackingNumber: $0.trackingNumber, firstSeenAt: .told($0.firstSeenAt),
          lastSeenAt: .told($0.lastSeenAt), lastSeen: $0.lastSeen)
      })
  }
}

extension Timestamp {
  /// Nil for 0, which is what was not told.
  fileprivate static func told(_ milliseconds: Int64) -> Timestamp? {
    milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
  }
}
