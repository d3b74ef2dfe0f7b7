import Contract
import Outside
import PayPal

/// The door to whoever takes the buyer's money.
///
/// **Invariant:** a creation or capture repeated under the same key within six hours happens once and
/// answers as the first, and so does a refund within 45 days; an order is captured once, and what was
/// captured is given back once, whatever the key.
protocol PaymentGateway: Sendable {
  func isConfigured(for environment: Contract.Environment) -> Bool
  func create(_ order: NewPayPalOrder, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  func capture(_ payPalOrderID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  func look(at payPalOrderID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  /// Gives back all that is left of a capture.
  func refund(_ captureID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
  func look(atRefund payPalRefundID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
}

/// PayPal, one account per environment.
struct PayPalPayments: PaymentGateway {
  let sandbox: PayPalClient?
  let production: PayPalClient?

  func isConfigured(for environment: Contract.Environment) -> Bool {
    client(environment) != nil
  }

  func create(_ order: NewPayPalOrder, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    guard let client = client(environment) else { return .refused(Self.notConfigured) }
    return await client.createOrder(order)
  }

  func capture(_ payPalOrderID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    guard let client = client(environment) else { return .refused(Self.notConfigured) }
    return await client.captureOrder(payPalOrderID, requestID: key)
  }

  func look(at payPalOrderID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    guard let client = client(environment) else { return .refused(Self.notConfigured) }
    return await client.getOrder(payPalOrderID)
  }

  func refund(_ captureID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
  {
    guard let client = client(environment) else { return .refused(Self.notConfigured) }
    return await client.refundCapture(captureID, requestID: key)
  }

  func look(atRefund payPalRefundID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalRefund>
  {
    guard let client = client(environment) else { return .refused(Self.notConfigured) }
    return await client.getRefund(payPalRefundID)
  }

  private func client(_ environment: Contract.Environment) -> PayPalClient? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }

  private static let notConfigured = Refusal.notSent(
    "this environment has no PayPal account; configure one")
}
