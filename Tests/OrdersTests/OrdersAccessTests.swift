import Contract
import Runtime
import Testing

@testable import Orders

/// Who may call which method.
struct OrdersAccessTests {
  @Test func `every method of the contract says who may call it`() {
    let named = OrdersAccess.table.flatMap { service in
      service.roles.keys.map { "\(service.service)/\($0)" }
    }
    let served = ContractCatalogue.services.flatMap { service in
      service.methods.map { "\(service.fullName)/\($0.name)" }
    }.filter { $0.hasPrefix("dropwire.orders.") }
    #expect(Set(named) == Set(served))
  }

  @Test func `nobody but a person calls orders`() {
    for (method, roles) in OrdersAccess.table[0].roles {
      #expect(roles.isSubset(of: [.gateway, .operator]), "\(method)")
    }
  }
}
