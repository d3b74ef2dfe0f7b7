import Contract
import Logging
import RPC
import Runtime
import Store

extension LedgerService {
  /// What does not add up: what the background check has found and is still so, and, unless only
  /// that is wanted, what breaks a rule now. Empty when all is well.
  func checkInvariants(_ request: CheckInvariantsRequest, _ context: CallContext) async throws
    -> CheckInvariantsResponse
  {
    try context.actor().requirePlatform("check the invariants")
    let (open, passedAt) = try await store.read { transaction in
      let checks = CheckStore(transaction: transaction)
      return (try checks.open(), try checks.passedAt())
    }
    var violations = open.map { Violation($0) }
    if !request.keptOnly {
      let now = try await JournalCheck(store: store).findings().flatMap(\.found.lines)
      for finding in now {
        let known = violations.firstIndex {
          $0.rule == finding.rule && $0.subject == finding.subject
        }
        if let known {
          violations[known].text = finding.text
          continue
        }
        logger.error(
          "the books do not add up",
          metadata: ["rule": "\(finding.rule)", "subject": "\(finding.subject)"])
        violations.append(
          Violation(rule: finding.rule, subject: finding.subject, text: finding.text))
      }
    }
    return CheckInvariantsResponse(
      violations: violations,
      passedAt: passedAt == 0 ? nil : Timestamp(milliseconds: passedAt))
  }

  /// Lets payouts go out again that wait since a restore, with who says so and what he saw.
  func releasePayouts(_ request: ReleasePayoutsRequest, _ context: CallContext) async throws
    -> ReleasePayoutsResponse
  {
    let actor = try context.actor()
    try actor.requirePlatform("release payouts")
    var fields = Fields()
    guard let note = fields.text("note", request.note, isRequired: true) else {
      throw fields.refusal
    }
    let wasHeld = try await store.write {
      try PayoutHold(transaction: $0).release(by: "\(actor)", note: note)
    }
    if wasHeld { context.logger.info("payouts released", metadata: ["by": "\(actor)"]) }
    return ReleasePayoutsResponse(wasHeld: wasHeld)
  }
}

extension Violation {
  init(_ open: CheckStore.Open) {
    self.init(
      rule: open.finding.rule, subject: open.finding.subject, text: open.finding.text,
      foundAt: Timestamp(milliseconds: open.foundAt))
  }
}
