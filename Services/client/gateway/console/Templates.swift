import Mustache

/// The console's templates, read once. Their files are compiled into the program.
enum Templates {
  static let library = MustacheLibrary(
    templates: Dictionary(uniqueKeysWithValues: files.map { ($0.name, parsed($0.name, $0.bytes)) }))

  private static func parsed(_ name: String, _ bytes: [UInt8]) -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    } catch {
      preconditionFailure("the template \(name) cannot be read: \(error)")
    }
  }

  private static let files: [(name: String, bytes: [UInt8])] = [
    ("layout", PackageResources.layout_mustache),
    ("menu", PackageResources.menu_mustache),
    ("overview", PackageResources.overview_mustache),
    ("problem", PackageResources.problem_mustache),
    ("signIn", PackageResources.signIn_mustache),
  ]
}
