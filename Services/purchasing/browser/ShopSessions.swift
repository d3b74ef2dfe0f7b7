import Contract
import Foundation
import Outside
import Store

/// The shop's cookies that keep an account logged in, sealed like credentials.
struct ShopSessions: Sendable {
  private static let kind = "dropwire.browser.1"

  let store: Store
  let seal: CredentialSeal

  /// The place of an account's cookies.
  static func place(_ environment: Contract.Environment, _ account: String, version: Int)
    -> Envelope.Place
  {
    Envelope.Place(
      kind: kind, key: CredentialKey(userID: 0, api: ShopAccount.api, environment: environment),
      version: version, mark: account)
  }

  /// Those that were kept last; nil when there are none, or they cannot be opened: then one logs in.
  func cookies(_ environment: Contract.Environment, _ account: String) async -> [JSON]? {
    let row = try? await store.read { transaction in
      try transaction.row(
        "SELECT * FROM shopSession WHERE environment = $1 AND account = $2",
        [.integer(Int64(environment.rawValue)), .text(account)])
    }
    guard let row = row ?? nil else { return nil }
    let place = Self.place(environment, account, version: Int(row.int("version")))
    guard let plain = try? Self.envelope(row).open(in: place, with: seal.keys),
      let json = try? JSON(parsing: String(decoding: plain, as: UTF8.self))
    else { return nil }
    return json.elements
  }

  static func envelope(_ row: Row) -> Envelope {
    Envelope(
      keyID: row.text("keyID"), wrappedKey: row.blob("wrappedKey"), sealed: row.blob("sealed"))
  }

  /// Keeps cookies in the place of those before.
  func keep(_ cookies: JSON, _ environment: Contract.Environment, _ account: String) async throws {
    let text = Data(cookies.serialized.utf8)
    let seal = seal
    try await store.write { transaction in
      let key: [SQLValue] = [.integer(Int64(environment.rawValue)), .text(account)]
      let before = try transaction.row(
        "SELECT version FROM shopSession WHERE environment = $1 AND account = $2", key)
      let version = Int(before?.int("version") ?? 0) + 1
      let box = try Envelope.seal(
        text, in: Self.place(environment, account, version: version), with: seal.keys)
      try transaction.run(
        """
        INSERT INTO shopSession (environment, account, version, keyID, wrappedKey, sealed, updatedAt)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (environment, account) DO UPDATE SET version = $3, keyID = $4, wrappedKey = $5,
          sealed = $6, updatedAt = $7
        """,
        key + [
          .integer(Int64(version)), .text(box.keyID), .blob(box.wrappedKey), .blob(box.sealed),
          .integer(transaction.now),
        ])
    }
  }
}
