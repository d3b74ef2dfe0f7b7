import Contract
import Foundation
import Logging
import RPC
import Support
import Testing

@testable import Purchasing

/// What a browser saw, for those who look into it.
struct ScreenshotTests {
  private static let name = "house-p1.1.01-product.png"

  /// A purchase in the shop with one screenshot in a folder of its own.
  private static func with(
    _ image: [UInt8], _ body: (PurchasingClient, _ folder: String) async throws -> Void
  ) async throws {
    let folder = "/tmp/dropwire-screenshots-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data(image).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    try Data(image).write(to: URL(fileURLWithPath: "\(folder)/another.png"))
    let purchasing = try PurchasingUnderTest(shop: ScriptedShop())
    var service = purchasing.service
    service.screenshots = Screenshots(
      directory: folder, countMax: 10, daysMax: 1, logger: PurchasingUnderTest.logger)
    let channel = InProcessChannel(
      services: [service.rpcService()], logger: PurchasingUnderTest.logger)
    try await purchasing.moving {
      try await purchasing.buy(PurchasingUnderTest.request("house", user: 0))
      try await body(PurchasingClient(channel), folder)
    }
  }

  private static func get(
    _ client: PurchasingClient, _ name: String, as actor: String = "admin:1"
  ) async throws -> [UInt8] {
    try await client.getScreenshot(
      .init(orderID: "house", name: name),
      options: CallOptions(timeout: .seconds(15)).acting(actor)
    ).image
  }

  @Test func `the platform's people get what an attempt names, of the largest size too`()
    async throws
  {
    let image = [UInt8](repeating: 7, count: Screenshots.bytesMax)
    try await Self.with(image) { client, folder in
      #expect(try await Self.get(client, Self.name) == image)
      try FileManager.default.removeItem(atPath: "\(folder)/\(Self.name)")
      let gone = await #expect(throws: RPCError.self) { try await Self.get(client, Self.name) }
      #expect(gone?.code == .notFound)
    }
  }

  @Test(arguments: [
    ("another.png", "admin:1", StatusCode.notFound), ("../\(name)", "admin:1", .notFound),
    ("", "operator:test", .notFound), (name, "reseller:42", .permissionDenied),
  ])
  func `nobody gets what no attempt names, and resellers get nothing`(
    _ name: String, _ actor: String, _ code: StatusCode
  ) async throws {
    try await Self.with([1, 2, 3]) { client, _ in
      let error = await #expect(throws: RPCError.self) {
        try await Self.get(client, name, as: actor)
      }
      #expect(error?.code == code)
    }
  }
}
