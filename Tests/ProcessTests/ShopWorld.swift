import Contract
import Foundation
import Support
import Testing

/// A cluster whose purchasing may buy in the shop's pages with a real browser, and a house listing.
struct ShopWorld: Sendable {
  let cluster: Cluster
  let shop: Shop
  let more: [String: String]

  /// Runs a body in such a world. `more` is given to purchasing alone.
  static func with(
    _ more: [String: String] = [:], isolation: isolated (any _Concurrency.Actor)? = #isolation,
    _ body: (ShopWorld) async throws -> Void
  ) async throws {
    try await Cluster.with(start: [.ledger, .orders]) { cluster in
      var settings = cluster.shopSettings
      settings["DROPWIRE_BROWSER_SETTLE_SECONDS"] = "1"
      settings.merge(more) { _, new in new }
      try await cluster.start(.purchasing, environment: settings)
      let shop = try await Shop(in: cluster)
      _ = try await cluster.orders.putListing(
        Shop.mug("house", userID: 0), options: Shop.asOperator)
      try await body(ShopWorld(cluster: cluster, shop: shop, more: settings))
      #expect(cluster.browserProcesses.isEmpty, "no browser runs after its visit")
      #expect(!cluster.logs().contains("sandbox-shop-password"))
    }
  }

  func start(_ environment: [String: String] = [:]) async throws -> Program {
    try await cluster.start(
      .purchasing, environment: more.merging(environment) { _, new in new })
  }

  func purchase(_ orderID: String) async throws -> Contract.Purchase {
    try await cluster.purchasing.getPurchase(.init(orderID: orderID), options: Shop.asOperator)
  }

  /// Waits until a purchase has a state.
  @discardableResult
  func wait(for orderID: String, _ state: PurchaseState) async throws -> Contract.Purchase {
    try await eventually("purchase \(orderID) is \(state.name)", within: .seconds(60)) {
      let purchase = try? await purchase(orderID)
      return purchase?.state == state ? purchase : nil
    }
  }

  /// Waits until the sale of a house order is booked.
  func booked(_ orderID: String) async throws -> Contract.Order {
    try await eventually("\(orderID) is bought and booked", within: .seconds(60)) {
      let order = try? await shop.order(orderID)
      return order?.isSaleBooked == true ? order : nil
    }
  }

  /// What the shop's account has really bought.
  func bought() async throws -> [SandboxControl.Truth.SupplierOrder] {
    try await cluster.sandbox.truth().aliexpress.orders.filter { $0.path == "browser" }
  }
}

extension Cluster {
  /// Processes that work in a directory of this cluster's browsers.
  var browserProcesses: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { id in
      guard let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else {
        return false
      }
      return String(decoding: line, as: UTF8.self).contains("\(stateDirectory)/browsers/")
    }
  }

  /// The leader of the group of the browser that runs.
  var browserGuard: Int32? {
    browserProcesses.first { id in
      FileManager.default.contents(atPath: "/proc/\(id)/cmdline")?.starts(
        with: Data("/bin/sh".utf8))
        == true
    }
  }

  /// The main process of the browser that runs.
  var browserProcess: Int32? {
    browserProcesses.first { id in
      let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
      let text = String(decoding: line, as: UTF8.self)
      return text.contains("--user-data-dir=") && !text.contains("--type=")
    }
  }
}
