import Contract
import RPC
import Runtime
import Store

extension PurchasingService {
  /// What a browser saw during an attempt. For admins and operators.
  ///
  /// NOT_FOUND for a name that no attempt of the order's purchase has, and for a screenshot that was
  /// removed since.
  func getScreenshot(_ request: GetScreenshotRequest, _ context: CallContext) async throws
    -> Screenshot
  {
    try context.actor().requirePlatform("see screenshots")
    var fields = Fields()
    guard let orderID = fields.id("order_id", request.orderID) else { throw fields.refusal }
    let attempts = try await store.read { transaction in
      let purchases = PurchaseStore(transaction: transaction)
      _ = try purchases.require(orderID)
      return try purchases.attempts(orderID)
    }
    guard attempts.contains(where: { $0.screenshots.contains(request.name) }),
      let image = screenshots?.image(request.name)
    else { throw NotFound(kind: "screenshot", id: Fields.shown(request.name)) }
    return Screenshot(name: request.name, image: image)
  }
}
