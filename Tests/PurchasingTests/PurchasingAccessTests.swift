import Contract
import Runtime
import Testing

@testable import Purchasing

/// Who may call which method.
struct PurchasingAccessTests {
  @Test func `every method of the contract says who may call it`() {
    let named = PurchasingAccess.table.flatMap { service in
      service.roles.keys.map { "\(service.service)/\($0)" }
    }
    let served = ContractCatalogue.services.flatMap { service in
      service.methods.map { "\(service.fullName)/\($0.name)" }
    }.filter { $0.hasPrefix("dropwire.purchasing.") }
    #expect(Set(named) == Set(served))
  }

  @Test func `only orders buys, and it has nothing to do with credentials`() {
    #expect(PurchasingAccess.table[0].roles["PlacePurchase"] == [.orders])
    for (method, roles) in PurchasingAccess.table[1].roles {
      #expect(!roles.contains(.orders), "\(method)")
    }
    #expect(PurchasingAccess.table[1].roles["RotateKeys"] == [.operator])
  }
}
