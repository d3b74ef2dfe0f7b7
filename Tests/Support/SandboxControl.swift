import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The control interface of the outside-world simulator, which the services never use.
public struct SandboxControl: Sendable {
  /// What really happened out there.
  public struct Truth: Decodable, Sendable {
    public struct Capture: Decodable, Sendable {
      public let id: String
      public let orderID: String
      public let customID: String
      public let amount: String
      public let status: String
    }
    public struct Payout: Decodable, Sendable {
      public let senderItemID: String
      public let senderBatchID: String
      public let receiver: String
      public let amount: String
      public let status: String
    }
    public struct SupplierOrder: Decodable, Sendable {
      public let id: String
      public let outOrderID: String
      public let account: String
      public let skuID: String
      public let count: Int
      public let status: String
    }
    public struct PayPal: Decodable, Sendable {
      public let captures: [Capture]
      public let payouts: [Payout]
    }
    public struct AliExpress: Decodable, Sendable {
      public let orders: [SupplierOrder]
    }
    public let paypal: PayPal
    public let aliexpress: AliExpress
  }

  public struct Refused: Error, CustomStringConvertible {
    public let description: String
  }

  /// Such as http://127.0.0.1:40123.
  public let url: String

  public init(url: String) { self.url = url }

  /// The truth about all orders, or those whose id starts with a prefix.
  public func truth(order prefix: String = "") async throws -> Truth {
    let data = try await send("GET", "/control/truth" + (prefix.isEmpty ? "" : "?order=\(prefix)"))
    return try JSONDecoder().decode(Truth.self, from: data)
  }

  /// Makes a call misbehave: `times` -1 is always; `match` limits it to keys that contain it.
  public func fault(
    _ name: String, times: Int = 1, probability: Double = 1, match: String? = nil,
    extra: [String: any Sendable] = [:]
  ) async throws {
    var body: [String: any Sendable] = ["name": name, "times": times, "probability": probability]
    if let match { body["match"] = match }
    body.merge(extra) { _, new in new }
    _ = try await send("POST", "/control/faults", body)
  }

  /// Ends all faults.
  public func clearFaults() async throws {
    _ = try await send("DELETE", "/control/faults")
  }

  /// Changes settings of the simulated world.
  public func settings(_ values: [String: any Sendable]) async throws {
    _ = try await send("POST", "/control/settings", values)
  }

  /// Lets the buyer approve a PayPal order.
  public func approve(_ paypalOrderID: String) async throws {
    _ = try await send("POST", "/control/paypal/approve", ["order_id": paypalOrderID])
  }

  private func send(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil)
    async throws -> Data
  {
    var request = HTTPClientRequest(url: url + path)
    request.method = .init(rawValue: method)
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(try JSONSerialization.data(withJSONObject: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 64 << 20)
    guard response.status == .ok || response.status == .noContent || response.status == .created
    else {
      throw Refused(description: "\(method) \(path): \(response.status) \(String(buffer: bytes))")
    }
    return Data(bytes.readableBytesView)
  }
}
