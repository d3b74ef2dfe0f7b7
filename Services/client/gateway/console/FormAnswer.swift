import HTTPTypes
import Hummingbird
import RPC

extension RouteCall {
  /// Does what a form asks for. When that is refused for what the person can put right, the form comes
  /// back with what was in it.
  func submit(
    _ work: () async throws -> Response, again: (SentForm) async throws -> Response
  ) async throws -> Response {
    do {
      return try await work()
    } catch let error as any RPCErrorConvertible {
      let refusal = error.rpcError
      guard SentForm.isCurable(refusal), refusal.code != .permissionDenied else { throw error }
      var response = try await again(SentForm(form: form, error: refusal))
      response.status = .init(code: Problem(refusal).status)
      return response
    }
  }
}
