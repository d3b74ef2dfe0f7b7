import HTTPTypes
import RPC
import Testing

@testable import Gateway

/// What a service's status becomes over HTTP.
struct ProblemTests {
  @Test func `every status has its place`() {
    let statuses = StatusCode.allCases.map { Problem(RPCError($0, "")).status }
    #expect(
      statuses == [
        500, 503, 500, 400, 504, 404, 409, 403, 429, 409, 409, 400, 501, 500, 503, 500, 401,
      ])
  }

  @Test func `an error that is not meant for the wire is a fixed text`() {
    struct Secretive: Error { let secret = "hunter2" }
    let problem = Problem(Secretive())
    #expect(problem.status == 500)
    #expect(problem.detail == "the gateway failed; its log says why")
  }

  @Test func `fields are named as JSON names them`() {
    #expect(Problem.jsonPath("ship_to.postal_code") == "shipTo.postalCode")
    #expect(Problem.jsonPath("supplier_order_ids[1]") == "supplierOrderIds[1]")
  }

  @Test func `what is unavailable or too much says when to come back`() {
    #expect(Problem(RPCError(.unavailable, "")).headers[.retryAfter] == "1")
    #expect(Problem(DoorError.tooManyRequests(retryAfterSeconds: 3)).headers[.retryAfter] == "3")
    #expect(
      Problem(RPCError(.unauthenticated, "")).headers[.wwwAuthenticate]?.hasPrefix("Bearer")
        == true)
  }
}
