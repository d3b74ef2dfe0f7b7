/// The master keys that are configured: the newest wraps, each of them opens.
struct MasterKeyRing: Sendable {
  let newest: MasterKey
  private let byID: [String: MasterKey]

  init(_ newest: MasterKey, older: [MasterKey] = []) {
    self.newest = newest
    byID = Dictionary((older + [newest]).map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
  }

  /// The key with an id; nil when it is not configured.
  subscript(_ id: String) -> MasterKey? { byID[id] }

  /// Marks of a secret by each key, newest first.
  func marks(of secret: String) -> [String] { ids.compactMap { byID[$0]?.mark(of: secret) } }

  /// Newest first, the others by name.
  var ids: [String] { [newest.id] + byID.keys.filter { $0 != newest.id }.sorted() }
}
