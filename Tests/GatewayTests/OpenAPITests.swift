import Foundation
import Outside
import Support
import Testing

@testable import Gateway

/// The description of the interface.
struct OpenAPITests {
  @Test func `the file in the repository is what the routes say`() throws {
    let path = "\(Program.packageRoot)/Services/client/gateway/openapi.json"
    let file = try String(contentsOfFile: path, encoding: .utf8)
    let isSame = file == OpenAPI.document.indented
    #expect(
      isSame, "make it anew: dropwire gateway --openapi > Services/client/gateway/openapi.json")
  }

  @Test func `every route has a name of its own, and a place of its own`() {
    #expect(Set(Routes.all.map(\.name)).count == Routes.all.count)
    #expect(Set(Routes.all.map { "\($0.verb) \($0.path)" }).count == Routes.all.count)
  }

  @Test func `every reference leads somewhere`() throws {
    let schemas = OpenAPI.document["components"]?["schemas"]
    let text = OpenAPI.document.serialized
    for match in text.matches(of: /#\/components\/schemas\/(\w+)/) {
      #expect(schemas?[String(match.1)] != nil, "\(match.1)")
    }
  }

  @Test func `indented text is the same JSON`() throws {
    #expect(try JSON(parsing: OpenAPI.document.indented) == OpenAPI.document)
    #expect(JSON.object([:]).indented == "{}\n")
    #expect(JSON.array(["1", "a"]).indented == "[\n  \"1\",\n  \"a\"\n]\n")
  }
}
