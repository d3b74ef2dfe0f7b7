/// The head of a request: what the first header block says.
struct CallHead {
  var service: String
  var method: String
  var timeout: Duration?
  var metadata: Metadata

  /// Why a header block is not a gRPC request.
  enum Refusal: Error {
    /// Not gRPC at all: answered with an HTTP status.
    case http(status: Int)
    /// gRPC, but wrong.
    case status(RPCError)
  }

  /// Names that belong to HTTP/2 and gRPC, not to the caller's metadata.
  private static let reserved: Set<String> = [
    "content-type", "te", GRPCTimeout.name, "grpc-encoding", "grpc-accept-encoding", "user-agent",
    "content-length",
  ]

  init(_ headers: [HeaderField]) throws(Refusal) {
    var path = ""
    var verb = ""
    var contentType = ""
    var timeout: Duration?
    var metadata = Metadata()
    for header in headers {
      switch header.name {
      case ":path": path = header.value
      case ":method": verb = header.value
      case "content-type": contentType = header.value
      case GRPCTimeout.name:
        guard let parsed = GRPCTimeout.parse(header.value) else {
          throw .status(
            RPCError(
              .invalidArgument,
              "\(GRPCTimeout.name) is \"\(header.value)\"; it is up to eight digits and one of HMSmun"
            ))
        }
        timeout = parsed
      default:
        if header.name.hasPrefix(":") || Self.reserved.contains(header.name) { continue }
        metadata.add(header.name, header.value)
      }
    }
    guard verb == "POST" else { throw .http(status: 405) }
    guard contentType == "application/grpc" || contentType == "application/grpc+proto" else {
      throw .http(status: 415)
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty else {
      throw .status(RPCError(.unimplemented, "no method at \"\(path)\"; a path is /service/method"))
    }
    self.service = String(parts[1])
    self.method = String(parts[2])
    self.timeout = timeout
    self.metadata = metadata
  }

  /// The header block of a request for this head.
  var headers: [HeaderField] {
    var fields = [
      HeaderField(name: ":method", value: "POST"),
      HeaderField(name: ":scheme", value: "http"),
      HeaderField(name: ":path", value: "/\(service)/\(method)"),
      HeaderField(name: ":authority", value: "localhost"),
      HeaderField(name: "content-type", value: "application/grpc"),
      HeaderField(name: "te", value: "trailers"),
    ]
    if let timeout {
      fields.append(HeaderField(name: GRPCTimeout.name, value: GRPCTimeout.format(timeout)))
    }
    return fields + metadata.entries
  }

  init(service: String, method: String, timeout: Duration, metadata: Metadata) {
    self.service = service
    self.method = method
    self.timeout = timeout
    self.metadata = metadata
  }
}
