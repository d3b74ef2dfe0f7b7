/// The head of a request: what the first header block says.
struct CallHead {
  /// `/service/method`.
  var path: String
  var timeout: Duration?
  /// How the request may be compressed, which no request of ours is; nil for not at all.
  var encoding: String?
  var metadata: Metadata

  /// Why a header block is not a gRPC request.
  enum Refusal: Error {
    /// Not gRPC at all: answered with an HTTP status.
    case http(status: Int)
    /// gRPC, but wrong.
    case status(RPCError)
  }

  init(_ headers: [HeaderField]) throws(Refusal) {
    var path = ""
    var verb = ""
    var contentType = ""
    var timeout: String?
    var metadata = Metadata()
    for header in headers {
      switch header.name {
      case ":path": path = header.value
      case ":method": verb = header.value
      case "content-type": contentType = header.value
      case GRPCTimeout.name: timeout = header.value
      case GRPCEncoding.name: encoding = GRPCEncoding.known(header.value)
      default:
        if !Metadata.isReserved(header.name) { metadata.add(header) }
      }
    }
    guard verb == "POST" else { throw .http(status: 405) }
    guard contentType == "application/grpc" || contentType == "application/grpc+proto" else {
      throw .http(status: 415)
    }
    self.path = path
    self.timeout = try Self.parse(timeout)
    self.metadata = metadata
  }

  private static func parse(_ timeout: String?) throws(Refusal) -> Duration? {
    guard let timeout else { return nil }
    if let parsed = GRPCTimeout.parse(timeout) { return parsed }
    let text = "\(GRPCTimeout.name) is \"\(timeout)\"; it is up to eight digits and one of HMSmun"
    throw .status(RPCError(.invalidArgument, text))
  }

  /// What a request's header block says besides the path and what every request says.
  var fields: [HeaderField] {
    guard let timeout else { return metadata.entries }
    return [HeaderField(name: GRPCTimeout.name, value: GRPCTimeout.format(timeout))]
      + metadata.entries
  }

  /// - Throws: INVALID_ARGUMENT for metadata that cannot travel.
  init(path: String, timeout: Duration, metadata: Metadata) throws(RPCError) {
    try metadata.check()
    self.path = path
    self.timeout = timeout
    self.metadata = metadata
  }
}
