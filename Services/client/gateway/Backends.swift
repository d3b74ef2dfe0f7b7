public import Contract
public import RPC

/// The services behind the gateway.
public struct Backends: Sendable {
  public let orders: OrdersClient
  public let purchasing: PurchasingClient
  public let credentials: CredentialsClient
  public let ledger: LedgerClient
  /// By the service's name, for the question whether it serves.
  let channels: [(name: String, channel: any RPCChannel)]

  public init(
    orders: any RPCChannel, purchasing: any RPCChannel, ledger: any RPCChannel
  ) {
    self.orders = OrdersClient(orders)
    self.purchasing = PurchasingClient(purchasing)
    credentials = CredentialsClient(purchasing)
    self.ledger = LedgerClient(ledger)
    channels = [("orders", orders), ("purchasing", purchasing), ("ledger", ledger)]
  }
}
