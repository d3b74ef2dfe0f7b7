/// `grpc-status-details-bin`: google.rpc.Status with google.rpc.ErrorInfo and google.rpc.BadRequest.
///
///     Status     { int32 code = 1; string message = 2; repeated Any details = 3 }
///     Any        { string type_url = 1; bytes value = 2 }
///     ErrorInfo  { string reason = 1; string domain = 2; map<string, string> metadata = 3 }
///     BadRequest { repeated FieldViolation { string field = 1; string description = 2 } = 1 }
///
/// Source: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
enum StatusDetails {
  private static let errorInfoURL = "type.googleapis.com/google.rpc.ErrorInfo"
  private static let badRequestURL = "type.googleapis.com/google.rpc.BadRequest"

  /// Details travel in a header block, which is limited: entries of the reason's metadata and
  /// violations that do not fit in this many bytes each are left out. With the longest message,
  /// once as text and once in here, a status stays below the 8 KiB that gRPC's libraries take.
  private static let entriesBytesMax = 1024

  static func encode(_ error: RPCError) -> [UInt8] {
    var status = WireWriter()
    status.varint(1, UInt64(error.code.rawValue))
    // Some clients show this message, not that of the trailers.
    status.string(2, String(GRPCStatus.cut(error.message, bytesMax: GRPCStatus.messageBytesMax)))
    if let reason = error.reason {
      var info = WireWriter()
      info.string(1, reason.code)
      info.string(2, reason.domain)
      let entries = reason.metadata.sorted { $0.key < $1.key }.map { pair($0.key, $0.value) }
      for entry in fitting(entries) { info.bytes(3, entry) }
      status.bytes(3, any(errorInfoURL, info))
    }
    if !error.violations.isEmpty {
      var request = WireWriter()
      let entries = error.violations.lazy.map { pair($0.field, $0.description) }
      for entry in fitting(entries) { request.bytes(1, entry) }
      status.bytes(3, any(badRequestURL, request))
    }
    return status.bytes
  }

  private static func pair(_ first: String, _ second: String) -> [UInt8] {
    var entry = WireWriter()
    entry.string(1, first)
    entry.string(2, second)
    return entry.bytes
  }

  private static func fitting(_ entries: some Sequence<[UInt8]>) -> [[UInt8]] {
    var left = entriesBytesMax
    var fitting: [[UInt8]] = []
    for entry in entries {
      left -= entry.count
      guard left >= 0 else { break }
      fitting.append(entry)
    }
    return fitting
  }

  private static func any(_ url: String, _ value: WireWriter) -> [UInt8] {
    var any = WireWriter()
    any.string(1, url)
    any.bytes(2, value.bytes)
    return any.bytes
  }

  /// Adds what the details say. Details that cannot be read add nothing: the code and message
  /// stand without them.
  static func decode(_ bytes: [UInt8], into error: inout RPCError) {
    for detail in WireReader.fields(bytes) where detail.number == 3 {
      let parts = WireReader.fields(detail.bytes)
      let value = parts.first { $0.number == 2 }?.bytes ?? []
      switch parts.first(where: { $0.number == 1 })?.text {
      case errorInfoURL: error.reason = reason(value)
      case badRequestURL:
        error.violations = WireReader.fields(value).filter { $0.number == 1 }.map {
          let texts = WireReader.texts($0.bytes)
          return FieldViolation(field: texts[1] ?? "", description: texts[2] ?? "")
        }
      default: break
      }
    }
  }

  private static func reason(_ bytes: [UInt8]) -> ErrorReason {
    var reason = ErrorReason(code: "", domain: "")
    for field in WireReader.fields(bytes) {
      switch field.number {
      case 1: reason.code = field.text
      case 2: reason.domain = field.text
      case 3:
        let texts = WireReader.texts(field.bytes)
        reason.metadata[texts[1] ?? ""] = texts[2] ?? ""
      default: break
      }
    }
    return reason
  }
}
