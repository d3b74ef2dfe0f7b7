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
      public let fee: String
      public let status: String
    }
    public struct Refund: Decodable, Sendable {
      public let id: String
      public let captureID: String
      public let customID: String
      public let requestID: String
      public let amount: String
      public let status: String
    }
    public struct Payout: Decodable, Sendable {
      public let senderItemID: String
      public let senderBatchID: String
      public let receiver: String
      public let amount: String
      public let fee: String
      public let status: String
    }
    /// Where an order goes to, as the supplier has it.
    public struct Address: Decodable, Sendable {
      public let contactPerson: String
      public let mobileNumber: String
      public let address: String
      public let city: String
      public let province: String?
      public let country: String
      public let zip: String?

      private enum CodingKeys: String, CodingKey {
        case address, city, province, country, zip
        case contactPerson = "contact_person"
        case mobileNumber = "mobile_no"
      }
    }
    public struct SupplierOrder: Decodable, Sendable {
      public let id: String
      /// Empty for an order of the shop, which cannot have one.
      public let outOrderID: String
      public let account: String
      public let skuID: String
      public let count: Int
      /// In USD, such as `8.00`.
      public let amount: String
      public let status: String
      /// `api`, or `browser` for an order of the shop.
      public let path: String
      public let address: Address
    }
    public struct PayPal: Decodable, Sendable {
      public let captures: [Capture]
      public let refunds: [Refund]
      public let payouts: [Payout]
      /// In minor units by currency; none before the first movement.
      public let balances: [String: Int64]
    }
    /// An exchange for tokens that the supplier was asked for.
    public struct Exchange: Decodable, Sendable {
      /// `code` or `refresh`.
      public let kind: String
      /// The code or refresh token.
      public let text: String
      public let account: String
      public let granted: Bool
    }
    public struct AliExpress: Decodable, Sendable {
      public let orders: [SupplierOrder]
      /// Oldest first.
      public let exchanges: [Exchange]
    }
    public let paypal: PayPal
    public let aliexpress: AliExpress
  }

  /// A fault that happened.
  public struct Strike: Decodable, Sendable {
    public let name: String
    /// What the call was about: its method or path first.
    public let keys: [String]
    /// Milliseconds since 1970.
    public let at: Int64
  }

  private struct Guide: Decodable {
    let faults: [String: String]
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

  /// Every fault that happened, oldest first.
  public func strikes() async throws -> [Strike] {
    try JSONDecoder().decode([Strike].self, from: try await send("GET", "/control/strikes"))
  }

  /// The names of all faults that there are.
  public func faultNames() async throws -> [String] {
    let data = try await send("GET", "/control")
    return try JSONDecoder().decode(Guide.self, from: data).faults.keys.sorted()
  }

  /// Changes settings of the simulated world.
  public func settings(_ values: [String: any Sendable]) async throws {
    _ = try await send("POST", "/control/settings", values)
  }

  /// Lets the buyer approve a PayPal order.
  public func approve(_ paypalOrderID: String) async throws {
    _ = try await send("POST", "/control/paypal/approve", ["order_id": paypalOrderID])
  }

  /// Makes an access token for a supplier account, or changes how long one lives.
  public func put(accessToken: String, account: String, seconds: Int = 86_400) async throws {
    _ = try await send(
      "POST", "/control/aliexpress/token",
      ["access_token": accessToken, "account": account, "expires_in": seconds])
  }

  /// Withdraws everything that a supplier account has consented to.
  public func revoke(account: String) async throws {
    _ = try await send("POST", "/control/aliexpress/revoke", ["account": account])
  }

  /// Plays the buyer on the supplier's page of consent.
  ///
  /// - Returns: where the browser is sent: the application's address with a code and the state.
  public func consent(at authorizeURL: String, account: String) async throws -> String {
    var request = HTTPClientRequest(url: authorizeURL)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    request.body = .bytes(ByteBuffer(string: "account=\(account)"))
    let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
    do {
      let response = try await client.execute(request, timeout: .seconds(30))
      try await client.shutdown()
      guard let target = response.headers.first(name: "location") else {
        throw Refused(description: "POST \(authorizeURL): \(response.status)")
      }
      return target
    } catch let refused as Refused {
      throw refused
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// Lets a payout's item end in another way, whenever that is.
  public func movePayout(_ senderItemID: String, to status: String) async throws {
    _ = try await send(
      "POST", "/control/paypal/payout", ["sender_item_id": senderItemID, "status": status])
  }

  /// Puts a line into the list of PayPal's account that no call made.
  public func addTransaction(_ amount: String, eventCode: String = "T0400") async throws {
    _ = try await send(
      "POST", "/control/paypal/transaction", ["amount": amount, "event_code": eventCode])
  }

  /// Keeps a line out of the list of PayPal's account.
  public func hideTransaction(_ id: String) async throws {
    _ = try await send("POST", "/control/paypal/transaction", ["hide": id])
  }

  /// Gives a buyer back all that is left of a capture, as a person does at PayPal, or as the buyer's
  /// bank does.
  public func refund(capture captureID: String, isReversal: Bool = false) async throws {
    _ = try await send(
      "POST", "/control/paypal/refund", ["capture_id": captureID, "reversed": isReversal])
  }

  /// Ends the challenge that the shop's pages show.
  public func clearChallenge() async throws {
    _ = try await send("DELETE", "/control/shop/challenge")
  }

  /// Moves a supplier's order on: pay, ship, finish or cancel.
  public func move(supplierOrder id: String, _ event: String) async throws {
    _ = try await send(
      "POST", "/control/aliexpress/order", ["order_id": Int64(id) ?? 0, "event": event])
  }

  /// Lets a supplier have so many of a variant.
  public func stock(sku id: String, _ count: Int) async throws {
    _ = try await send("POST", "/control/aliexpress/sku", ["sku_id": id, "stock": count])
  }

  func send(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil)
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
