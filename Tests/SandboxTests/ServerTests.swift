import Foundation
import Testing

@testable import Sandbox

/// The world over real sockets.
@Suite struct ServerTests {
  @Test func `answers arrive whole, cut or not at all, and the connection serves on`() async throws
  {
    try await Served.run { port in
      let whole = await Served.send("GET /control/settings HTTP/1.1", to: port)
      #expect(whole.hasPrefix("HTTP/1.1 200 OK") && whole.hasSuffix("}"))
      _ = await Served.post(
        "/control/faults", #"{"name":"paypal.answerLost","match":"ORDER-A"}"#, to: port)
      _ = await Served.post(
        "/control/faults", #"{"name":"paypal.answerCut","match":"ORDER-B"}"#, to: port)
      let lost = await Served.send("GET /paypal/v2/checkout/orders/ORDER-A HTTP/1.1", to: port)
      #expect(lost.isEmpty)
      let cut = await Served.send("GET /paypal/v2/checkout/orders/ORDER-B HTTP/1.1", to: port)
      #expect(cut.hasPrefix("HTTP/1.1 401") && !cut.hasSuffix("}"))
      let refused = await Served.post("/control/faults", #"{"name":"nonsense"}"#, to: port)
      #expect(refused.hasPrefix("HTTP/1.1 400"))
      let page = await Served.send("GET /paypal/checkoutnow?token=NONE HTTP/1.1", to: port)
      #expect(page.hasPrefix("HTTP/1.1 404") && page.contains("text/html"))
    }
  }

  @Test func `a late answer holds up no other`() async throws {
    try await Served.run { port in
      _ = await Served.post(
        "/control/faults", #"{"name":"paypal.slow","delayMilliseconds":60000}"#, to: port)
      let late = Served.open("GET /paypal/v2/checkout/orders/X HTTP/1.1", to: port)
      defer { close(late) }
      // The late answer is under way once its fault has struck.
      while await !Served.send("GET /control/faults HTTP/1.1", to: port).hasSuffix("[]") {}
      let next = await Served.send("GET /paypal/v2/checkout/orders/X HTTP/1.1", to: port)
      #expect(next.hasPrefix("HTTP/1.1 401"))
    }
  }
}
