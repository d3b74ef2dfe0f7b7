import Foundation
import Runtime

/// Where the master keys are.
struct KeySettings: Sendable {
  struct File: Sendable {
    let path: String
    /// systemd made it for this service alone.
    let isHandedOver: Bool
  }

  let newest: File
  let older: [File]

  /// Reads all keys.
  ///
  /// - Throws: `MasterKey.Refused` for the first that is missing, short or open to others.
  func ring() throws -> MasterKeyRing {
    func key(_ file: File) throws -> MasterKey {
      try MasterKey(file: file.path, isHandedOver: file.isHandedOver)
    }
    return MasterKeyRing(try key(newest), older: try older.map(key))
  }
}

extension Settings {
  /// Declares the files of the master keys; a problem when the newest is not named.
  mutating func masterKeys() -> KeySettings? {
    let path = optionalText(
      "DROPWIRE_MASTER_KEY_FILE",
      help:
        "File with the key that seals credentials, made with purchasing --make-key FILE, readable "
        + "by its owner alone. Required, unless $CREDENTIALS_DIRECTORY/master.key is there.")
    let older = optionalText(
      "DROPWIRE_OLDER_MASTER_KEY_FILES",
      help:
        "Files of the keys before it, separated by colons, until dropwire credentials rotate-keys "
        + "has made them superfluous. $CREDENTIALS_DIRECTORY/master.key.* count as well.")
    let directory = optionalText(
      "CREDENTIALS_DIRECTORY",
      help: "Set by systemd; its file master.key is the master key, master.key.* are older ones.")
    var olderFiles = (older ?? "").split(separator: ":").map {
      KeySettings.File(path: String($0), isHandedOver: false)
    }
    olderFiles += handedOver(directory)
    if let path {
      return KeySettings(newest: .init(path: path, isHandedOver: false), older: olderFiles)
    }
    if let directory {
      return KeySettings(
        newest: .init(path: "\(directory)/master.key", isHandedOver: true), older: olderFiles)
    }
    reject(
      "DROPWIRE_MASTER_KEY_FILE is not set; name a key file, such as one made with "
        + "purchasing --make-key master.key")
    return nil
  }

  private func handedOver(_ directory: String?) -> [KeySettings.File] {
    guard let directory,
      let names = try? FileManager.default.contentsOfDirectory(atPath: directory)
    else { return [] }
    return names.filter { $0.hasPrefix("master.key.") }.sorted().map {
      KeySettings.File(path: "\(directory)/\($0)", isHandedOver: true)
    }
  }
}
