import Testing

@testable import Sandbox

/// What providers tell by themselves.
@Suite struct NoticeTests {
  private let world = WorldUnderTest()

  /// Types of what there is to tell now.
  private func types() -> [String] {
    world.world.change { state, now in
      state.lookForNews(now: now)
      return state.notices.notices.map(\.type)
    }
  }

  private func listen() {
    world.settings(["webhookURL": "http://here/paypal", "pushURL": "http://here/aliexpress"])
  }

  private func pay(_ order: String) {
    let made = world.payPal(
      "v2/checkout/orders",
      [
        "intent": "CAPTURE",
        "purchase_units": [
          ["amount": ["currency_code": "USD", "value": "20.00"], "custom_id": .string(order)]
        ],
      ])
    let id = made.value?["id"]?.string ?? ""
    _ = world.payPal("v2/checkout/orders/\(id)/capture", [:], requestID: "\(order)-c1")
  }

  @Test func `what happens is told once, and what was before never`() {
    pay("before")
    #expect(types() == [])
    listen()
    #expect(types() == [])
    pay("after")
    #expect(types() == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"])
    #expect(types().count == 2)
  }

  @Test func `a held capture is told of as such, then as what it becomes`() {
    listen()
    world.fault("paypal.capturePending", ["delayMilliseconds": 1000])
    pay("held")
    #expect(types().last == "PAYMENT.CAPTURE.PENDING")
    world.pass(milliseconds: 1000)
    #expect(types().last == "PAYMENT.CAPTURE.COMPLETED")
    let id = world.captures.first?["id"]?.string ?? ""
    world.control("paypal/refund", ["capture_id": .string(id), "reversed": true])
    #expect(types().last == "PAYMENT.CAPTURE.REVERSED")
    #expect(types().count == 4)
  }

  @Test func `only a capture that is held can be ended by hand`() {
    listen()
    pay("taken")
    let id = world.captures.first?["id"]?.string ?? ""
    let body: JSON = ["capture_id": .string(id), "status": "DECLINED"]
    #expect(world.control("paypal/capture", body).status == 400)
    world.fault("paypal.capturePending")
    pay("unsure")
    let held = world.truth("unsure")["paypal"]?["captures"]?.elements?.first
    world.control(
      "paypal/capture", ["capture_id": held?["id"] ?? .null, "status": "DECLINED"])
    #expect(types().last == "PAYMENT.CAPTURE.DENIED")
  }

  @Test func `what happened at once is told in the order in which it was made`() {
    listen()
    let orders = (0..<20).map { "o-\($0)" }
    for order in orders { pay(order) }
    _ = types()
    let subjects = world.world.change { state, _ in state.notices.notices.map(\.subject) }
    #expect(subjects == orders.flatMap { [$0, $0] })
  }

  @Test func `one that is not taken comes again, later each time, and not for ever`() {
    listen()
    pay("deaf")
    var tries = 0
    while tries < 2000 {
      _ = types()
      let due = world.world.change { state, now in state.takeDeliveries(now: now) }
      for delivery in due {
        world.world.change { state, now in
          state.delivered(delivery.index, status: 503, now: now)
        }
      }
      let isOver = world.world.change { state, _ in state.notices.notices.allSatisfy(\.isOver) }
      if isOver { break }
      world.pass(milliseconds: 100)
      tries += 1
    }
    #expect(world.world.change { state, _ in state.notices.notices.map(\.tries) } == [25, 25])
    #expect((900...1100).contains(tries), "\(tries) times 100 ms")
  }

  @Test func `a lost one is never sent, a late one later`() {
    listen()
    world.fault("notice.lost", ["match": "APPROVED"])
    world.fault("notice.late", ["match": "COMPLETED", "delayMilliseconds": 500])
    pay("slow")
    _ = types()
    func due() -> [String] {
      world.world.change { state, now in state.takeDeliveries(now: now).map(\.notice.type) }
    }
    #expect(due() == [])
    world.pass(milliseconds: 499)
    #expect(due() == [])
    world.pass(milliseconds: 1)
    #expect(due() == ["PAYMENT.CAPTURE.COMPLETED"])
  }

  @Test func `the checksum is that of PayPal's documents`() {
    #expect(Signatory.crc32(Array("123456789".utf8)) == 3_421_780_262)
  }

  @Test func `the certificate is where signatures say`() {
    let signatory = world.world.signatory
    let headers = signatory.headers(
      for: [1, 2], webhookID: "1", time: "2026-11-20T10:00:00Z", at: "http://here")
    let url = headers.first { $0.name == "PAYPAL-CERT-URL" }?.value
    #expect(url == "http://here\(Signatory.path)")
    let answer = world.world.answer(Call(verb: .get, path: Signatory.path))
    guard case .text(let text) = answer.body else {
      Issue.record("\(answer.body)")
      return
    }
    #expect(text == signatory.chain && text.hasSuffix(signatory.root))
    #expect(text.ranges(of: "BEGIN CERTIFICATE").count == 2)
  }
}
