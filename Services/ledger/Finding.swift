import Store

/// Something that does not add up: which rule, about what, and how.
struct Finding: Hashable, Sendable {
  let rule: String
  let subject: String
  let text: String

  init(rule: String, subject: String, text: String) {
    self.rule = rule
    self.subject = subject
    self.text = text
  }

  /// A row of one of `JournalRules`.
  init(rule: String, _ row: Row) {
    self.init(rule: rule, subject: row.text("subject"), text: row.text("text"))
  }
}
