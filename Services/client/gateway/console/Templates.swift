public import Mustache

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
    ("connected", PackageResources.connected_mustache),
    ("connection", PackageResources.connection_mustache),
    ("connections", PackageResources.connections_mustache),
    ("consent", PackageResources.consent_mustache),
    ("details", PackageResources.details_mustache),
    ("entry", PackageResources.entry_mustache),
    ("facts", PackageResources.facts_mustache),
    ("field", PackageResources.field_mustache),
    ("journal", PackageResources.journal_mustache),
    ("layout", PackageResources.layout_mustache),
    ("ledger", PackageResources.ledger_mustache),
    ("menu", PackageResources.menu_mustache),
    ("orders", PackageResources.orders_mustache),
    ("overview", PackageResources.overview_mustache),
    ("pager", PackageResources.pager_mustache),
    ("paid", PackageResources.paid_mustache),
    ("payout", PackageResources.payout_mustache),
    ("payouts", PackageResources.payouts_mustache),
    ("problem", PackageResources.problem_mustache),
    ("profit", PackageResources.profit_mustache),
    ("queue", PackageResources.queue_mustache),
    ("rates", PackageResources.rates_mustache),
    ("recipients", PackageResources.recipients_mustache),
    ("signIn", PackageResources.signIn_mustache),
    ("statement", PackageResources.statement_mustache),
    ("story", PackageResources.story_mustache),
    ("tabs", PackageResources.tabs_mustache),
    ("terms", PackageResources.terms_mustache),
    ("wait", PackageResources.wait_mustache),
  ]
}

/// A section of an empty text is left out.
extension String: @retroactive MustacheCustomRenderable {
  public var renderText: String { self }
  public var isNull: Bool { isEmpty }
}
