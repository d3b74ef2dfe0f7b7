import ArgumentParser
import RPC
import Testing

@testable import Client

/// Which status a script sees, and which sentence a person.
@Suite struct ExitStatusTests {
  @Test func `each status code has its exit status`() {
    let expected: [(StatusCode, Int32)] = [
      (.ok, 0), (.cancelled, 75), (.unknown, 70), (.invalidArgument, 64),
      (.deadlineExceeded, 75), (.notFound, 66), (.alreadyExists, 65), (.permissionDenied, 77),
      (.resourceExhausted, 75), (.failedPrecondition, 65), (.aborted, 75), (.outOfRange, 64),
      (.unimplemented, 76), (.internalError, 70), (.unavailable, 69), (.dataLoss, 70),
      (.unauthenticated, 77),
    ]
    #expect(expected.count == StatusCode.allCases.count)
    for (code, status) in expected { #expect(ExitStatus(code).rawValue == status, "\(code)") }
  }

  @Test func `the help tells the status of each code`() {
    let lines = ExitStatus.helpText.split(separator: "\n")
    for code in StatusCode.allCases where code != .ok {
      let line = lines.first { $0.contains("\(ExitStatus(code).rawValue)  ") }
      #expect(line?.contains("\(code)") == true, "\(code)")
    }
    #expect(DropwireMain.helpMessage().contains("FAILED_PRECONDITION"))
  }

  @Test func `a service that does not run is named with its socket`() {
    let complaint = Complaint(NobodyThere(service: .orders).error)
    #expect(complaint.status == .unavailable)
    #expect(
      complaint.text
        == "orders is not running (no socket at /nowhere/orders.sock); "
        + "start it with compose/up or set DROPWIRE_RUN_DIR")
  }

  @Test func `a refusal is one sentence, its code, its reason and the fields`() {
    let refusal = RPCError(
      .failedPrecondition, "the order waits", reason: ErrorReason(code: "WRONG_STATE"),
      violations: [FieldViolation(field: "order_id", description: "is o-1")])
    #expect(
      Complaint(refusal)
        == Complaint(
          .refused, "the order waits (FAILED_PRECONDITION, WRONG_STATE)\n  order_id: is o-1"))
    let named = RPCError(
      .notFound, "there is no order \"o-1\"", reason: ErrorReason(code: "NOT_FOUND"))
    #expect(Complaint(named) == Complaint(.notFound, "there is no order \"o-1\" (NOT_FOUND)"))
  }

  @Test func `fields that the sentence tells already are not told again`() {
    let refusal = RPCError(
      .invalidArgument, "price: is -1; it must be positive",
      violations: [FieldViolation(field: "price", description: "is -1; it must be positive")])
    #expect(Complaint(refusal).text == "price: is -1; it must be positive (INVALID_ARGUMENT)")
  }
}
