extension ContractCatalogue {
  /// Each .proto file as an encoded google.protobuf.FileDescriptorProto, imported ones first: what
  /// gRPC's reflection service hands out.
  public static let fileDescriptors: [[UInt8]] = encodedFiles.compactMap { Base64.bytes($0) }
}
