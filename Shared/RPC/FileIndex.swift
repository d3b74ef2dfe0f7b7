/// Finds .proto files by their names and by the full names of what they declare.
///
/// Reads of google.protobuf.FileDescriptorProto what it needs:
///
///     FileDescriptorProto    { name = 1; package = 2; dependency = 3; message_type = 4;
///                              enum_type = 5; service = 6; extension = 7 }
///     DescriptorProto        { name = 1; field = 2; nested_type = 3; enum_type = 4;
///                              extension = 6; oneof_decl = 8 }
///     EnumDescriptorProto    { name = 1; value = 2 }
///     ServiceDescriptorProto { name = 1; method = 2 }
///
/// Source: https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto
struct FileIndex {
  private struct File {
    var bytes: [UInt8]
    var imports: [String]
  }

  private var files: [String: File] = [:]
  /// Names of files by the full names of what is in them.
  private var declarations: [String: String] = [:]

  init(_ encoded: [[UInt8]]) {
    for bytes in encoded {
      let fields = WireReader.fields(bytes)
      let name = Self.text(fields, 1)
      files[name] = File(
        bytes: bytes, imports: fields.filter { $0.number == 3 }.map(\.text))
      let package = Self.text(fields, 2)
      for field in fields {
        switch field.number {
        case 4: addMessage(field.bytes, in: package, file: name)
        case 5: addEnum(field.bytes, in: package, file: name)
        case 6: add(field.bytes, in: package, members: [2], file: name)
        case 7: add(field.bytes, in: package, file: name)
        default: break
        }
      }
    }
  }

  /// A file and all that it imports, itself first; nil when there is none of that name.
  func file(named name: String) -> [[UInt8]]? {
    guard files[name] != nil else { return nil }
    var (found, names, next): ([[UInt8]], [String], Int) = ([], [name], 0)
    while next < names.count {
      if let file = files[names[next]] {
        found.append(file.bytes)
        names += file.imports.filter { !names.contains($0) }
      }
      next += 1
    }
    return found
  }

  /// The file that declares a message, field, enum, value, service or method, and its imports.
  func file(declaring symbol: String) -> [[UInt8]]? {
    declarations[symbol].flatMap { file(named: $0) }
  }

  // MARK: Declarations

  private mutating func addMessage(_ bytes: [UInt8], in scope: String, file: String) {
    let name = add(bytes, in: scope, members: [2, 6, 8], file: file)
    for field in WireReader.fields(bytes) {
      switch field.number {
      case 3: addMessage(field.bytes, in: name, file: file)
      case 4: addEnum(field.bytes, in: name, file: file)
      default: break
      }
    }
  }

  /// The values of an enum are declared beside it, not in it.
  private mutating func addEnum(_ bytes: [UInt8], in scope: String, file: String) {
    add(bytes, in: scope, file: file)
    for value in WireReader.fields(bytes) where value.number == 2 {
      add(value.bytes, in: scope, file: file)
    }
  }

  /// Adds a declaration, and those of its fields that declare something with a name only.
  @discardableResult
  private mutating func add(
    _ bytes: [UInt8], in scope: String, members: Set<Int> = [], file: String
  ) -> String {
    let fields = WireReader.fields(bytes)
    let name = (scope.isEmpty ? "" : "\(scope).") + Self.text(fields, 1)
    declarations[name] = file
    for member in fields where members.contains(member.number) {
      declarations["\(name).\(Self.text(WireReader.fields(member.bytes), 1))"] = file
    }
    return name
  }

  private static func text(_ fields: [WireReader.Field], _ number: Int) -> String {
    fields.first { $0.number == number }?.text ?? ""
  }
}
