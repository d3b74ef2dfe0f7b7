import Runtime

/// Who may call which method of purchasing.
///
/// **Invariant:** only `orders` buys, and only `orders` says what became of a purchase; it has no
/// business with credentials. The gateway does with them what a reseller's settings page needs.
enum PurchasingAccess {
  static let table = [
    ServiceAccess(
      "dropwire.purchasing.v1.Purchasing",
      [
        "PlacePurchase": [.orders],
        "ReconcilePurchase": [.orders],

        "GetPurchase": [.orders, .gateway, .operator],
        "ListPurchases": [.gateway, .operator],
        "GetScreenshot": [.gateway, .operator],
        "GetTracking": [.orders, .gateway, .operator],
        "Quote": [.orders, .gateway, .operator],
        "RecordProviderEvent": [.gateway, .operator],

        "Backup": [.operator],
      ]),
    ServiceAccess(
      "dropwire.purchasing.v1.Credentials",
      [
        "PutCredentials": [.gateway, .operator],
        "GetCredentialStatus": [.gateway, .operator],
        "DeleteCredentials": [.gateway, .operator],
        "BeginAuthorization": [.gateway, .operator],
        "CompleteAuthorization": [.gateway, .operator],
        "GetCredentialHistory": [.gateway, .operator],

        "ListCredentials": [.gateway, .operator],
        "RefreshCredentials": [.gateway, .operator],
        "RotateKeys": [.operator],
        "ListKeys": [.operator],
      ]),
  ]
}
