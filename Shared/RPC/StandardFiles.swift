/// The .proto files of gRPC's own services, as a server describes them to its clients: encoded
/// google.protobuf.FileDescriptorProto messages of health and of both versions of reflection.
///
/// Sources: https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto and
/// https://github.com/grpc/grpc-proto/blob/master/grpc/reflection/v1/reflection.proto
enum StandardFiles {
  static let all = [health] + Reflection.versions.map(reflection)

  private static let health: [UInt8] = {
    let package = "grpc.health.v1"
    let status = Declaration.enumeration(
      "ServingStatus", ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"])
    let (request, answer) = ("HealthCheckRequest", "HealthCheckResponse")
    return Declaration.file(
      "grpc/health/v1/health.proto", package,
      messages: [
        .message(request, [.text("service", 1)]),
        .message(
          answer, [.enumeration("status", 1, ".\(package).\(answer).ServingStatus")],
          enumeration: status),
      ],
      service: .service(
        "Health",
        [
          .method("Check", package, request, answer),
          .method("Watch", package, request, answer, streams: [.answers]),
        ]))
  }()

  private static func reflection(_ version: String) -> [UInt8] {
    let package = "grpc.reflection.\(version)"
    let (request, answer) = ("ServerReflectionRequest", "ServerReflectionResponse")
    let extensionRequest = Declaration.message(
      "ExtensionRequest", [.text("containing_type", 1), .number("extension_number", 2)])
    let files = Declaration.message(
      "FileDescriptorResponse", [.bytes("file_descriptor_proto", 1, isRepeated: true)])
    let extensions = Declaration.message(
      "ExtensionNumberResponse",
      [.text("base_type_name", 1), .number("extension_number", 2, isRepeated: true)])
    let services = Declaration.message(
      "ListServiceResponse",
      [.message("service", 1, ".\(package).ServiceResponse", isRepeated: true)])
    let error = Declaration.message(
      "ErrorResponse", [.number("error_code", 1), .text("error_message", 2)])
    return Declaration.file(
      "grpc/reflection/\(version)/reflection.proto", package,
      messages: [
        .message(request, questions(package), oneof: "message_request"), extensionRequest,
        .message(answer, answers(package), oneof: "message_response"), files, extensions, services,
        .message("ServiceResponse", [.text("name", 1)]), error,
      ],
      service: .service(
        "ServerReflection",
        [
          .method(
            "ServerReflectionInfo", package, request, answer, streams: [.requests, .answers])
        ]))
  }

  private static func questions(_ package: String) -> [Declaration] {
    [
      .text("host", 1), .text("file_by_filename", 3, isChoice: true),
      .text("file_containing_symbol", 4, isChoice: true),
      .message(
        "file_containing_extension", 5, ".\(package).ExtensionRequest", isChoice: true),
      .text("all_extension_numbers_of_type", 6, isChoice: true),
      .text("list_services", 7, isChoice: true),
    ]
  }

  private static func answers(_ package: String) -> [Declaration] {
    [
      .text("valid_host", 1),
      .message("original_request", 2, ".\(package).ServerReflectionRequest"),
      .message(
        "file_descriptor_response", 4, ".\(package).FileDescriptorResponse", isChoice: true),
      .message(
        "all_extension_numbers_response", 5, ".\(package).ExtensionNumberResponse",
        isChoice: true),
      .message("list_services_response", 6, ".\(package).ListServiceResponse", isChoice: true),
      .message("error_response", 7, ".\(package).ErrorResponse", isChoice: true),
    ]
  }
}
