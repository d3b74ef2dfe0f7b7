import Runtime

/// Who may call which method of orders: people, through the gateway or at the command line.
enum OrdersAccess {
  static let table = [
    ServiceAccess(
      "dropwire.orders.v1.Orders",
      [
        "CreateCheckout": [.gateway, .operator],
        "CaptureOrder": [.gateway, .operator],
        "RetryOrder": [.gateway, .operator],
        "MarkPurchased": [.gateway, .operator],
        "AttestNotPlaced": [.gateway, .operator],
        "SubmitTracking": [.gateway, .operator],
        "CancelOrder": [.gateway, .operator],
        "PutListing": [.gateway, .operator],
        "RecordProviderEvent": [.gateway, .operator],

        "GetOrder": [.gateway, .operator],
        "ListOrders": [.gateway, .operator],
        "CountOrders": [.gateway, .operator],
        "ListWaiting": [.gateway, .operator],
        "WatchOrders": [.gateway, .operator],
        "GetOrderHistory": [.gateway, .operator],
        "GetListing": [.gateway, .operator],
        "ListListings": [.gateway, .operator],

        "Backup": [.operator],
      ])
  ]
}
