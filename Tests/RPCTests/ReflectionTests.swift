import Testing

@testable import RPC

/// A stock client, of grpcio, asks a server of ours what it serves.
@Suite(.timeLimit(.minutes(2)))
struct ReflectionTests {
  /// A service in one file, its message in another that the first imports.
  private static let files: [[UInt8]] = {
    let message = Declaration.message(
      "Word", [.text("text", 1), .enumeration("kind", 2, ".test.v1.Word.Kind")],
      enumeration: .enumeration("Kind", ["KIND_NONE", "KIND_NOUN"]))
    let words = Declaration.file(
      "test/words.proto", "test.v1", messages: [message], service: .service("Unused", []))
    var service = Declaration.file(
      "test/test.proto", "test.v1", messages: [],
      service: .service("Test", [.method("Echo", "test.v1", "Word", "Word")]))
    var dependency = WireWriter()
    dependency.string(3, "test/words.proto")
    service += dependency.bytes
    return [words, service]
  }()

  private func run(_ arguments: String..., files: [[UInt8]] = files) async throws
    -> [String: String]
  {
    var configuration = RPCServer.Configuration()
    configuration.fileDescriptors = files
    var found: [String: String] = [:]
    try await Served.with(["Echo": echo], configuration: configuration) { served in
      found = try await Foreign.scenario(
        [arguments[0], served.path] + arguments.dropFirst())
    }
    return found
  }

  private static let services =
    "grpc.health.v1.Health grpc.reflection.v1.ServerReflection "
    + "grpc.reflection.v1alpha.ServerReflection test.v1.Test"

  @Test func `it learns the services, and finds messages and what they import`() async throws {
    let found = try await run(
      "reflection", "test.v1.Test", "test.v1.Word", "grpc.health.v1.HealthCheckResponse")
    #expect(found["services"] == Self.services)
    #expect(found["test.v1.Test"] == "test/test.proto")
    #expect(found["test.v1.Word"] == "test/words.proto: text kind")
    #expect(
      found["grpc.health.v1.HealthCheckResponse"] == "grpc/health/v1/health.proto: status")
    #expect(found["health"] == "Check Watch")
    #expect(found["reflection's own file"] == "as published")
  }

  @Test(arguments: [
    "test.v1.Word", "test.v1.Word.text", "test.v1.Word.Kind", "test.v1.Word.KIND_NOUN",
    "test.v1.Test", "test.v1.Test.Echo",
  ])
  func `a file is found by whatever it declares`(_ name: String) throws {
    let index = FileIndex(Self.files)
    let found = try #require(index.file(declaring: name))
    #expect(found.count == (name.hasPrefix("test.v1.Test") ? 2 : 1))
    #expect(found[0] == Self.files[name.hasPrefix("test.v1.Test") ? 1 : 0])
    #expect(index.file(declaring: "\(name).more") == nil)
  }

  @Test func `what there is not is answered as not found, and the stream goes on`() async throws {
    let found = try await run("reflection_refusals")
    #expect(found["symbol"] == "5 no symbol \"test.v1.Nothing\" here")
    #expect(found["file"] == "5 no file \"nothing.proto\" here")
    #expect(found["extension"] == "5 there are no extensions here")
    #expect(found["extensions"] == "5 there are no extensions here")
    #expect(found["nothing"] == "3 the request asks for nothing that is known here")
    #expect(found["hosts"] == "here")
  }

  @Test func `a server without files still names its services`() async throws {
    let found = try await run("reflection", files: [])
    #expect(found["services"] == Self.services)
  }

  @Test func `files that import each other, or nothing that is here, are answered once`() {
    var (first, second) = (WireWriter(), WireWriter())
    first.string(1, "a")
    first.string(3, "b")
    first.string(3, "missing")
    second.string(1, "b")
    second.string(3, "a")
    let index = FileIndex([first.bytes, second.bytes, [0xFF, 0xFF]])
    #expect(index.file(named: "a") == [first.bytes, second.bytes])
    #expect(index.file(named: "b") == [second.bytes, first.bytes])
    #expect(index.file(named: "missing") == nil && index.file(declaring: "a") == nil)
  }
}
