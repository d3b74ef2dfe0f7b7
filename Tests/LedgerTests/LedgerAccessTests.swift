import Contract
import Runtime
import Testing

@testable import Ledger

/// Who may call which method.
struct LedgerAccessTests {
  @Test func `every method of the contract says who may call it`() {
    let named = LedgerAccess.table.flatMap { service in
      service.roles.keys.map { "\(service.service)/\($0)" }
    }
    let served = ContractCatalogue.services.flatMap { service in
      service.methods.map { "\(service.fullName)/\($0.name)" }
    }.filter { $0.hasPrefix("dropwire.ledger.") }
    #expect(Set(named) == Set(served))
  }

  @Test func `captures and sales come from orders alone`() {
    for method in ["RecordCapture", "RecordSale"] {
      #expect(LedgerAccess.table[0].roles[method] == [.orders])
    }
    let ofOrders = LedgerAccess.table[0].roles.filter { $0.value.contains(.orders) }.keys
    #expect(Set(ofOrders) == ["RecordCapture", "RecordSale", "RecordRefund", "RecordDispute"])
  }
}
