import Contract
import RPC
import Runtime

extension OrdersService {
  /// How many orders are in each state. A reseller gets his own.
  func countOrders(_ request: CountOrdersRequest, _ context: CallContext) async throws
    -> CountOrdersResponse
  {
    let actor = try context.actor()
    var fields = Fields()
    let userID = fields.userID(request.userID)
    let environment = fields.environment(request.environment)
    guard let userID, let environment else { throw fields.refusal }
    let selected = try actor.listed(userID)
    let counts = try await book.read { try $0.counts(environment, userID: selected) }
    let found = counts.map { count in
      OrderStateCount(
        state: count.state.contract, orders: count.orders,
        oldestCreatedAt: Timestamp(milliseconds: count.oldestCreatedAt))
    }
    return CountOrdersResponse(counts: found.sorted { $0.state.rawValue < $1.state.rawValue })
  }
}
