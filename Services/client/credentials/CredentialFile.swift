import Contract
import Foundation
import RPC

/// A file with a reseller's supplier credentials: JSON with `app_key`, `app_secret`,
/// `access_token`, `refresh_token` and their times of expiry.
///
/// **Invariant:** nothing of its content is ever shown, not even in an error.
enum CredentialFile {
  /// Reads the file, or standard input for `-`.
  ///
  /// - Throws: `Complaint`, also when every user of the machine can read the file.
  static func read(_ path: String) throws(Complaint) -> PutCredentialsRequest {
    if path != "-" { try requirePrivate(path) }
    let text = try Typed.file(path)
    do throws(ContractError) {
      return try PutCredentialsRequest(json: text)
    } catch {
      throw Complaint(
        .usage,
        "\(path) is not JSON with app_key, app_secret, access_token, refresh_token, "
          + "access_token_expires_at and refresh_token_expires_at (times such as "
          + "2099-01-01T00:00:00Z); its content is not shown because it holds secrets")
    }
  }

  /// Refuses a file that others can read: its mode says so, and so do all folders above it.
  static func requirePrivate(_ path: String) throws(Complaint) {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    guard let mode = permissions(url.path) else {
      throw Complaint(.notFound, "\(path) cannot be read")
    }
    guard mode & 0o004 != 0 else { return }
    var folder = url.deletingLastPathComponent()
    while folder.path != "/" {
      guard let mode = permissions(folder.path), mode & 0o001 != 0 else { return }
      folder.deleteLastPathComponent()
    }
    throw Complaint(
      .notAllowed,
      "\(path) can be read by every user of this machine, and it holds secrets; "
        + "run chmod 600 \(path) first")
  }

  private static func permissions(_ path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.posixPermissions] as? NSNumber)?.intValue
  }
}
