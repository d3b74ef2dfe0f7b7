import NIOCore

/// The reflection service of gRPC: what services there are, and the .proto files they are made of,
/// so that grpcurl and the like can call without having them.
///
///     ServerReflectionRequest {
///       string host = 1;
///       oneof { string file_by_filename = 3; string file_containing_symbol = 4;
///               ExtensionRequest file_containing_extension = 5;
///               string all_extension_numbers_of_type = 6; string list_services = 7 } }
///     ServerReflectionResponse {
///       string valid_host = 1; ServerReflectionRequest original_request = 2;
///       oneof { FileDescriptorResponse { repeated bytes file_descriptor_proto = 1 } = 4;
///               ListServiceResponse { repeated { string name = 1 } service = 1 } = 6;
///               ErrorResponse { int32 error_code = 1; string error_message = 2 } = 7 } }
///
/// A file is answered together with all that it imports. There are no extensions: asking for one is
/// NOT_FOUND. What cannot be answered is an answer as well; the stream goes on.
/// Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
struct Reflection: Sendable {
  /// The same messages under the name of before and of now; many clients know one only.
  static let versions = ["v1", "v1alpha"]

  private let names: [String]
  private let files: [[UInt8]]

  /// The reflection services of a server.
  ///
  /// - Parameter files: each an encoded google.protobuf.FileDescriptorProto.
  static func services(of services: [RPCService], _ files: [[UInt8]]) -> [RPCService] {
    let own = versions.map { "grpc.reflection.\($0).ServerReflection" }
    let reflection = Reflection(
      names: (services.map(\.name) + own).sorted(), files: files + StandardFiles.all)
    return own.map { name in
      RPCService(
        name: name,
        methods: [
          "ServerReflectionInfo": .bidirectional { requests, _, responses in
            try await reflection.answer(requests, responses)
          }
        ])
    }
  }

  private func answer(_ requests: RequestReader, _ responses: ResponseWriter) async throws {
    // Made for each stream: they are rare, and the memory is of better use elsewhere.
    let index = FileIndex(files)
    while let request = try await requests.next() {
      let answer = answer(Array(request.readableBytesView), index)
      try await responses.write(ByteBuffer(bytes: answer))
    }
  }

  private func answer(_ request: [UInt8], _ index: FileIndex) -> [UInt8] {
    let fields = WireReader.fields(request)
    var answer = WireWriter()
    if let host = fields.last(where: { $0.number == 1 }) { answer.string(1, host.text) }
    answer.bytes(2, request)
    let question = fields.last { (3...7).contains($0.number) }
    switch question?.number {
    case 3: answer.file(index.file(named: question?.text ?? ""), question, "file")
    case 4: answer.file(index.file(declaring: question?.text ?? ""), question, "symbol")
    case 5, 6: answer.error(.notFound, "there are no extensions here")
    case 7: answer.services(names)
    default: answer.error(.invalidArgument, "the request asks for nothing that is known here")
    }
    return answer.bytes
  }
}

extension WireWriter {
  /// FileDescriptorResponse, or that there is none.
  fileprivate mutating func file(
    _ files: [[UInt8]]?, _ question: WireReader.Field?, _ kind: String
  ) {
    guard let files else {
      error(.notFound, "no \(kind) \"\(question?.text ?? "")\" here")
      return
    }
    var answer = WireWriter()
    for file in files { answer.bytes(1, file) }
    bytes(4, answer.bytes)
  }

  /// ListServiceResponse.
  fileprivate mutating func services(_ names: [String]) {
    var answer = WireWriter()
    for name in names {
      var service = WireWriter()
      service.string(1, name)
      answer.bytes(1, service.bytes)
    }
    bytes(6, answer.bytes)
  }

  /// ErrorResponse.
  fileprivate mutating func error(_ code: StatusCode, _ message: String) {
    var answer = WireWriter()
    answer.varint(1, UInt64(code.rawValue))
    answer.string(2, message)
    bytes(7, answer.bytes)
  }
}
