import Runtime

/// Who may call which method of the ledger.
///
/// **Invariant:** what books an order comes from `orders` alone; a person books refunds, disputes and
/// fundings under his name.
enum LedgerAccess {
  static let table = [
    ServiceAccess(
      "dropwire.ledger.v1.Ledger",
      [
        "RecordCapture": [.orders],
        "RecordSale": [.orders],
        "RecordRefund": [.orders, .operator],
        "RecordDispute": [.orders, .operator],
        "RecordFunding": [.operator],
        "RecordProviderEvent": [.gateway, .operator],

        "PutPayoutRecipient": [.gateway, .operator],
        "SetCommissionRate": [.gateway, .operator],
        "RequestPayout": [.gateway, .operator],
        "RetryPayout": [.gateway, .operator],
        "VerifyPayoutRecipient": [.gateway, .operator],
        "SetPayoutTerms": [.gateway, .operator],
        "AttestPayout": [.gateway, .operator],

        "GetSale": [.gateway, .operator],
        "ListSales": [.gateway, .operator],
        "GetBalance": [.gateway, .operator],
        "GetStatement": [.gateway, .operator],
        "GetPayout": [.gateway, .operator],
        "ListPayouts": [.gateway, .operator],
        "ListCaptures": [.gateway, .operator],
        "ListEntries": [.gateway, .operator],
        "ReleasePayouts": [.operator],
        "GetProfit": [.gateway, .operator],
        "Reconcile": [.gateway, .operator],
        "ListCommissionRates": [.gateway, .operator],
        "ListPayoutRecipients": [.gateway, .operator],
        "GetPayoutTerms": [.gateway, .operator],
        "TrialBalance": [.gateway, .operator],
        "ExportJournal": [.gateway, .operator],
        "VerifyJournal": [.gateway, .operator],
        "CheckInvariants": [.gateway, .operator],

        "Backup": [.operator],
      ])
  ]
}
