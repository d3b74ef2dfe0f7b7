import Contract
import Foundation
import RPC
import Support
import Testing

/// The shop's account and the browsers of others, with a real browser.
@Suite(.serialized) struct ShopAccountTests {
  @Test func `an account that was asked for a captcha is left alone, also after a restart`()
    async throws
  {
    try await ShopWorld.with { world in
      try await world.cluster.sandbox.fault("shop.captcha", extra: ["seconds": 0])
      try await world.shop.sell("first", listing: "house")
      #expect(try await world.wait(for: "first", .refused).reason?.code == "BROWSER_CHALLENGE")
      await world.cluster.stop(.purchasing)
      _ = try await world.start()
      try await world.shop.sell("second", listing: "house")
      _ = try await eventually("the order says why it waits", within: .seconds(60)) {
        let why = try await Dropwire.run(world.cluster, ["why", "second"]).text
        return why.contains("is left alone until") ? true : nil
      }
      let listed = try await Dropwire.run(world.cluster, ["credentials", "list"]).text
      #expect(listed.contains("aliexpress-shop") && listed.contains("expired"), "\(listed)")
      let reopened = try await Dropwire.run(world.cluster, ["credentials", "reopen-shop"])
      #expect(reopened.status == 0 && reopened.text.contains("valid"), "\(reopened.text)")
      _ = try await world.booked("second")
      #expect(try await world.bought().count == 1)
    }
  }

  @Test func `browsers of a remote WebDriver server buy too, and none is left there`() async throws
  {
    let grid = try await RemoteDriver.start()
    defer { grid.stop() }
    let remote = ["DROPWIRE_WEBDRIVER_URL": grid.url, "DROPWIRE_CHROMIUM": "/nonexistent"]
    try await ShopWorld.with(remote) { world in
      try await world.shop.sell("remote", listing: "house")
      let order = try await world.booked("remote")
      #expect(order.purchasePath == "browser" && order.landedCost?.minorUnits == 800)
      try await world.cluster.sandbox.fault("shop.slow", extra: ["seconds": 8])
      try await world.shop.sell("killed", listing: "house")
      // The driver answers no question about its browsers while one of them loads a page.
      _ = try await eventually("a browser is at work there", within: .seconds(60)) {
        try await world.cluster.sandbox.strikes().isEmpty ? nil : true
      }
      await world.cluster.kill(.purchasing)
      #expect(try await grid.sessions() == 1, "nobody has ended it")
      _ = try await world.start()
      _ = try await world.booked("killed")
      _ = try await eventually("no browser is left", within: .seconds(60)) {
        try await grid.sessions() == 0 ? true : nil
      }
      #expect(try await world.bought().count == 2)
      let left = try FileManager.default.contentsOfDirectory(
        atPath: "\(world.cluster.stateDirectory)/browsers")
      #expect(left.isEmpty)
    }
  }
}
