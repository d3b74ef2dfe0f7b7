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
    ("actions", PackageResources.actions_mustache),
    ("checkout", PackageResources.checkout_mustache),
    ("facts", PackageResources.facts_mustache),
    ("field", PackageResources.field_mustache),
    ("layout", PackageResources.layout_mustache),
    ("menu", PackageResources.menu_mustache),
    ("orders", PackageResources.orders_mustache),
    ("overview", PackageResources.overview_mustache),
    ("paid", PackageResources.paid_mustache),
    ("problem", PackageResources.problem_mustache),
    ("queue", PackageResources.queue_mustache),
    ("signIn", PackageResources.signIn_mustache),
    ("story", PackageResources.story_mustache),
    ("wait", PackageResources.wait_mustache),
  ]
}
