public import Outside

extension PayPalClient {
  /// Gives a buyer back all that is left of a capture.
  ///
  /// `done` says what became of the attempt, not that money went: only a refund that is COMPLETED
  /// does. The same request id answers with the first refund for 45 days. `CAPTURE_FULLY_REFUNDED`
  /// is a refusal here: nothing was left.
  public func refundCapture(_ id: String, requestID: String) async -> Outcome<PayPalRefund> {
    guard Self.isID(id) else { return Self.notAnID(id) }
    let outcome = await exchange(
      .refundCapture, path: "/v2/payments/captures/\(id)/refund", body: .object([:]),
      headers: [
        ("PayPal-Request-Id", requestID),
        // Without it the answer lacks the amount.
        ("Prefer", "return=representation"),
      ])
    return Self.read(outcome.flatMap(\.outcome), .refundCapture, as: PayPalRefund.init(json:))
  }

  /// Looks at a refund. Changes nothing.
  public func getRefund(_ id: String) async -> Outcome<PayPalRefund> {
    guard Self.isID(id) else { return Self.notAnID(id) }
    let outcome = await exchange(.getRefund, path: "/v2/payments/refunds/\(id)")
    return Self.read(outcome.flatMap(\.outcome), .getRefund, as: PayPalRefund.init(json:))
  }
}
