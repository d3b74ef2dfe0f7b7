/// What breaks one rule: the first of it, and how many more there are.
///
/// **Invariant:** it holds `shownMax` findings at most, however many there are.
struct RuleFindings: Hashable, Sendable {
  /// More of a kind are one thing to repair.
  static let shownMax = 100
  /// Stands in the place of a subject for all that are not shown.
  static let others = "others"

  let rule: String
  private(set) var shown: [Finding] = []
  private(set) var more: Int64 = 0

  init(rule: String) { self.rule = rule }

  mutating func add(_ findings: some Sequence<Finding>, more: Int64 = 0) {
    for finding in findings {
      if shown.count < Self.shownMax { shown.append(finding) } else { self.more += 1 }
    }
    self.more += more
  }

  /// What is shown, and a line that says how many more there are.
  var lines: [Finding] {
    guard more > 0 else { return shown }
    return shown + [Finding(rule: rule, subject: Self.others, text: "\(more) more break this rule")]
  }
}
