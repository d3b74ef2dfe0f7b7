import Contract
import Presentation
import Runtime

/// The page's values from what the services answer.
extension StoryPage {
  init(
    _ order: Order, _ answer: StoryReader.Answer, isAdmin: Bool,
    sent: (action: OrderAction, SentForm)?
  ) {
    let isPayable = order.state == .awaitingPayment && order.approveURL.hasPrefix("http")
    self.init(
      orderID: order.orderID, state: Look.words(order.state.shortName),
      tone: Look.tone(order.state), world: order.environment.word,
      payAt: isPayable ? order.approveURL : "",
      waits: order.waiting == nil ? [] : [WaitBox(order)],
      actions: ActionForm.all(order, isAdmin: isAdmin, sent: sent),
      groups: [Self.goods(order), Self.money(order, answer), Self.supplier(order)],
      items: Self.items(OrderStory(answer.parts), order.orderID, showsShots: isAdmin),
      missing: answer.missing.map { "The service \($0)" })
  }

  private static func group(_ title: String, _ facts: [Fact]) -> Group {
    Group(title: title, facts: facts.filter { !$0.text.isEmpty })
  }

  private static func goods(_ order: Order) -> Group {
    group(
      "Goods",
      [
        Fact(name: "Listing", text: "\(order.quantity) × \(order.listingID)"),
        Fact(
          name: "Product", text: order.productURL, isLink: order.productURL.hasPrefix("https://"),
          label: order.productURL.replacing("https://", with: "").replacing("www.", with: "")),
        Fact(name: "Variant", text: order.skuID, isCode: true),
        Fact(name: "Seller", text: order.userID == 0 ? "House" : "Reseller \(order.userID)"),
        Fact(name: "Ships to", text: Shown.address(order.shipTo)),
        Fact(name: "Made", text: Shown.time(order.createdAt)),
        Fact(name: "Cancellation wished for", text: Shown.time(order.cancelRequestedAt)),
      ])
  }

  private static func money(_ order: Order, _ answer: StoryReader.Answer) -> Group {
    let sale = answer.sale
    let rate = sale?.commission == nil ? "" : " (\(Shown.rate(sale?.commissionRateBps ?? 0)))"
    let payouts = answer.parts.payouts.map { payout in
      Fact(
        name: payout.payee == "admin" ? "Payout, platform" : "Payout, reseller",
        text: "\(Shown.amount(payout.amount ?? payout.due)), "
          + PayoutText.label(payout.state).lowercased())
    }
    return group(
      "Money",
      [
        Fact(name: "Buyer pays", text: Shown.amount(order.price)),
        Fact(name: "PayPal's fee", text: Shown.amount(order.paymentFee)),
        Fact(name: "Goods cost", text: Shown.amount(order.landedCost)),
        Fact(name: "Gross", text: Shown.amount(sale?.gross)),
        Fact(
          name: "Commission", text: sale?.commission.map { Shown.amount($0) + rate } ?? ""),
        Fact(
          name: order.userID == 0 ? "Platform's share" : "Reseller's share",
          text: Shown.amount(sale?.net)),
        Fact(name: "Refunded", text: Shown.positive(order.refundedAmount)),
        Fact(name: "Held by disputes", text: Shown.positive(sale?.held)),
      ] + payouts + [
        Fact(name: "PayPal order", text: order.paypalOrderID, isCode: true),
        Fact(name: "Capture", text: order.captureID, isCode: true),
        Fact(name: "Refund", text: order.paypalRefundID, isCode: true),
      ])
  }

  private static func supplier(_ order: Order) -> Group {
    let path = ["api": "The supplier's API", "browser": "A browser in the shop"]
    let facts = [
      Fact(name: "Bought by", text: path[order.purchasePath] ?? order.purchasePath),
      Fact(
        name: "Supplier's order", text: order.supplierOrderIDs.joined(separator: ", "),
        isCode: true),
      Fact(name: "Carrier", text: order.carrier),
      Fact(name: "Tracking", text: order.trackingNumber, isCode: true),
      Fact(name: "Carrier says", text: order.carrierSaid),
      Fact(name: "Shipped", text: Shown.time(order.shippedAt)),
      Fact(name: "Delivered", text: Shown.time(order.deliveredAt)),
    ]
    let isEmpty = facts.allSatisfy { $0.text.isEmpty }
    return group(
      "Supplier and parcel", isEmpty ? [Fact(name: "Bought", text: "Not yet")] : facts)
  }

  private static func items(_ story: OrderStory, _ orderID: String, showsShots: Bool) -> [Item] {
    var before: Int64?
    return story.items.enumerated().map { number, item in
      let at = item.at?.milliseconds ?? 0
      defer { before = at }
      let shots = showsShots ? item.screenshots.map { shot($0, orderID) } : []
      return Item(
        key: "item-\(number)", time: Shown.preciseTime(at),
        passed: before.map { Shown.passed(at - $0) } ?? "", service: item.service.rawValue,
        title: item.title, tone: item.tone == .plain ? "" : item.tone.rawValue,
        who: Shown.actor(item.who),
        state: item.state.map { Look.words($0.shortName) } ?? "",
        stateTone: item.state.map(Look.tone) ?? "", text: Look.sentence(item.text),
        isCode: !item.text.contains(" "),
        facts: item.facts.map(fact),
        postings: item.postings.map {
          PostingLine(
            debit: $0.debitAccount, credit: $0.creditAccount, amount: Shown.amount($0.amount))
        }, shots: shots,
        shotsLabel: shots.count == 1 ? "1 screenshot" : "\(shots.count) screenshots")
    }
  }

  private static func fact(_ fact: StoryItem.Fact) -> Fact {
    let isCode = if case .code = fact.value { true } else { false }
    return Fact(name: fact.name, text: Shown.fact(fact.value), isCode: isCode)
  }

  /// The step is in the name, as in `o-1-p1.1.02-variant.png`.
  private static func shot(_ name: String, _ orderID: String) -> Shot {
    let step = name.split(separator: "-").last?.split(separator: ".").first ?? ""
    return Shot(
      path: "\(Look.path(ofOrder: orderID))/screenshots/\(Console.encoded(name))",
      step: String(step))
  }
}
