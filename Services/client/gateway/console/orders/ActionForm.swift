import Contract

/// The form of one thing that a person may do about an order. The names are the template's.
///
/// **Invariant:** there is a form for exactly what the service says is allowed, less what it would
/// refuse to a reseller.
struct ActionForm: Sendable {
  /// Unique on a page with many orders.
  let key: String
  let label: String
  let path: String
  let button: String
  let explanation: String
  /// Asked once more before it is sent; empty when that is not needed.
  let question: String
  let isDanger: Bool
  let isOpen: Bool
  /// What is wrong about what was sent; empty for nothing.
  let trouble: String
  let fields: [FormField]
  /// Less often needed.
  let more: [FormField]
  let moreLabel: String
  /// Where to go on afterwards; empty for the order.
  let back: String

  /// What may be done about an order by a person.
  static func all(
    _ order: Order, isAdmin: Bool, back: String = "", sent: (action: OrderAction, SentForm)? = nil
  ) -> [ActionForm] {
    (order.waiting?.allowedActions ?? OrderActionText.always(order)).compactMap { action in
      guard let text = OrderActionText(action, order), isAdmin || !text.isPlatformOnly else {
        return nil
      }
      return ActionForm(text, order, back: back, sent: sent?.action == action ? sent?.1 : nil)
    }
  }

  private init(_ text: OrderActionText, _ order: Order, back: String, sent: SentForm?) {
    key = "\(text.word)-\(order.orderID)"
    label = text.label
    path = "\(Look.path(ofOrder: order.orderID))/\(text.word)"
    button = text.button
    explanation = text.explanation
    question = text.question
    isDanger = !text.question.isEmpty
    isOpen = sent != nil
    trouble = sent?.detail ?? ""
    (fields, more) = text.fields(order, sent)
    moreLabel = "Correct the address"
    self.back = back
  }
}
