import Logging

/// Runs a method and turns whatever it throws into a status.
enum MethodRun {
  /// The status for an error that a method threw. What is not meant for the wire stays in the log.
  static func status(_ error: any Error, _ context: CallContext) -> RPCError {
    if let convertible = error as? any RPCErrorConvertible {
      let status = convertible.rpcError
      if [.internalError, .dataLoss].contains(status.code) { log(error, context) }
      return status
    }
    if error is CancellationError { return RPCError(.cancelled, "the call was cancelled") }
    log(error, context)
    return RPCError(
      .internalError,
      "the service failed; its log has the details under request \(context.requestID)")
  }

  private static func log(_ error: any Error, _ context: CallContext) {
    context.logger.error(
      "call failed",
      metadata: [
        "service": .string(context.service), "method": .string(context.method),
        "error": .string(String(describing: error)),
      ])
  }

  static func deadlineExceeded(_ context: CallContext) -> RPCError {
    RPCError(
      .deadlineExceeded,
      "\(context.method) did not end in the time the caller gave; "
        + "it may or may not have happened, ask again with the same id")
  }

  static func unimplemented(_ path: String, known: [String: RPCService]) -> RPCError {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty else {
      return RPCError(.unimplemented, "no method at \"\(path)\"; a path is /service/method")
    }
    guard known[String(parts[1])] != nil else {
      let names = known.keys.sorted().joined(separator: ", ")
      return RPCError(.unimplemented, "no service \(parts[1]) here; there are \(names)")
    }
    return RPCError(.unimplemented, "\(parts[1]) has no method \(parts[2])")
  }

  /// The id of a call: the caller's when it is fit to travel on, or a new one.
  static func requestID(_ metadata: Metadata) -> String {
    guard let id = metadata[MetadataName.requestID],
      (1...requestIDBytesMax).contains(id.utf8.count),
      Metadata.canTravel(id)
    else { return newRequestID() }
    return id
  }

  private static let requestIDBytesMax = 128

  /// A short random id for calls that came without one.
  private static func newRequestID() -> String { TraceContext.hex(LocalID.next()) }
}

extension [RPCService] {
  /// By full name. Two services of one name are a bug.
  var byName: [String: RPCService] {
    Dictionary(map { ($0.name, $0) }) { first, _ in
      preconditionFailure("two services are named \(first.name)")
    }
  }
}
