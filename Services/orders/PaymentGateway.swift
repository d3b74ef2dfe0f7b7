import Contract
import Outside
import PayPal

/// The door to whoever takes the buyer's money.
///
/// **Invariant:** a creation or capture repeated under the same key within six hours happens once and
/// answers as the first; an order is captured once, whatever the key.
protocol PaymentGateway: Sendable {
  func isConfigured(for environment: Contract.Environment) -> Bool
  func create(_ order: NewPayPalOrder, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  func capture(_ payPalOrderID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  func look(at payPalOrderID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
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
    guard let client = client(environment) else { return notConfigured }
    return await client.createOrder(order)
  }

  func capture(_ payPalOrderID: String, key: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    guard let client = client(environment) else { return notConfigured }
    return await client.captureOrder(payPalOrderID, requestID: key)
  }

  func look(at payPalOrderID: String, in environment: Contract.Environment) async
    -> Outcome<PayPalOrder>
  {
    guard let client = client(environment) else { return notConfigured }
    return await client.getOrder(payPalOrderID)
  }

  private func client(_ environment: Contract.Environment) -> PayPalClient? {
    switch environment {
    case .sandbox: sandbox
    case .production: production
    case .unspecified, .unrecognized: nil
    }
  }

  private var notConfigured: Outcome<PayPalOrder> {
    .refused(.notSent("this environment has no PayPal account; configure one"))
  }
}
