import Contract
import Crypto
import Foundation
import Runtime

/// A secret as it lies in the database.
///
///     sealed      AES-256-GCM(data key,   secret,   place)               nonce, text, tag
///     wrappedKey  AES-256-GCM(master key, data key, place and key id)    nonce, key, tag
///
/// Each secret has a data key of its own, so another master key wraps 32 bytes anew and leaves the
/// secret as it is.
struct Envelope: Hashable, Sendable {
  /// The master key that wraps the data key.
  let keyID: String
  let wrappedKey: [UInt8]
  let sealed: [UInt8]

  /// Where a secret belongs. Moved to any other place it cannot be opened, since both ciphertexts
  /// authenticate it.
  struct Place: Hashable, Sendable {
    /// What it is, with the version of this layout.
    let kind: String
    let key: CredentialKey
    let version: Int
    /// What else tells it apart; may be empty.
    var mark = ""

    /// One part a line; none of them can hold a line break.
    fileprivate var bytes: Data {
      let parts = [
        kind, "\(key.userID)", key.api, key.environment.word, "\(version)",
      ]
      return Data((mark.isEmpty ? parts : parts + [mark]).joined(separator: "\n").utf8)
    }
  }

  /// Why a secret cannot be opened. Says nothing about its content.
  enum Failure: Error, Hashable {
    /// It needs a master key that is not configured.
    case otherKey(String)
    /// It is damaged, or stems from another place.
    case damaged
  }

  static func seal(_ secret: Data, in place: Place, with keys: MasterKeyRing) throws -> Envelope {
    let dataKey = SymmetricKey(size: .bits256)
    let sealed = try AES.GCM.seal(secret, using: dataKey, authenticating: place.bytes)
    return Envelope(
      keyID: keys.newest.id, wrappedKey: try wrap(dataKey, place, keys.newest),
      sealed: bytes(of: sealed))
  }

  func open(in place: Place, with keys: MasterKeyRing) throws(Failure) -> Data {
    let dataKey = try dataKey(place, keys)
    do {
      let box = try AES.GCM.SealedBox(combined: Data(sealed))
      return try AES.GCM.open(box, using: dataKey, authenticating: place.bytes)
    } catch {
      throw .damaged
    }
  }

  /// The same secret, its data key wrapped by the newest master key. What could not be opened is
  /// refused, so that a damaged row stays as it is.
  func rewrapped(in place: Place, with keys: MasterKeyRing) throws -> Envelope {
    _ = try open(in: place, with: keys)
    return Envelope(
      keyID: keys.newest.id,
      wrappedKey: try Self.wrap(dataKey(place, keys), place, keys.newest), sealed: sealed)
  }

  private func dataKey(_ place: Place, _ keys: MasterKeyRing) throws(Failure) -> SymmetricKey {
    guard let masterKey = keys[keyID] else { throw .otherKey(keyID) }
    do {
      let box = try AES.GCM.SealedBox(combined: Data(wrappedKey))
      return SymmetricKey(
        data: try AES.GCM.open(
          box, using: masterKey.key, authenticating: place.bytes + Data(keyID.utf8)))
    } catch {
      throw .damaged
    }
  }

  private static func wrap(_ dataKey: SymmetricKey, _ place: Place, _ masterKey: MasterKey) throws
    -> [UInt8]
  {
    let box = try dataKey.withUnsafeBytes {
      try AES.GCM.seal(
        Data($0), using: masterKey.key, authenticating: place.bytes + Data(masterKey.id.utf8))
    }
    return bytes(of: box)
  }

  private static func bytes(of box: AES.GCM.SealedBox) -> [UInt8] {
    guard let combined = box.combined else {
      preconditionFailure("a nonce of twelve bytes has a combined form")
    }
    return Array(combined)
  }
}
