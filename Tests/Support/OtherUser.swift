import Foundation

/// A user without a name, whom root can become (setpriv).
public struct OtherUser: Sendable {
  public let uid: UInt32
  public let gid: UInt32

  public init(_ uid: UInt32, group gid: UInt32? = nil) {
    self.uid = uid
    self.gid = gid ?? uid
  }

  static let program = "/usr/bin/setpriv"

  /// Whether the tests run as root, and the programs can be run by others.
  public static let areAvailable: Bool = {
    guard geteuid() == 0 else { return false }
    let tried = try? OtherUser(65_534).run("\(Program.binaries)/dropwire", ["--help"], [:])
    return tried?.status == 0
  }()

  /// The words before a program that make it this user's.
  var words: [String] { ["--reuid=\(uid)", "--regid=\(gid)", "--clear-groups"] }

  /// Runs `dropwire` as this user, and gives how it ended and what it printed.
  public func run(_ cluster: Cluster, _ arguments: String...) throws -> (
    status: Int32, text: String
  ) {
    try run(cluster, arguments)
  }

  public func run(_ cluster: Cluster, _ arguments: [String]) throws -> (
    status: Int32, text: String
  ) {
    try run(
      "\(Program.binaries)/dropwire", arguments, ["DROPWIRE_RUN_DIR": cluster.runDirectory])
  }

  /// Makes a folder that is this user's alone.
  public func own(_ folder: String) throws {
    let files = FileManager.default
    try files.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700, .ownerAccountID: uid, .groupOwnerAccountID: gid])
  }

  private func run(_ path: String, _ arguments: [String], _ environment: [String: String]) throws
    -> (status: Int32, text: String)
  {
    try Program.output(of: Self.program, words + [path] + arguments, environment)
  }
}

extension Cluster {
  /// Opens the folder of the sockets to every user: the policy is the only door left. Others may
  /// make sockets there too, and remove none but their own.
  public func letOthersIn() throws {
    for (folder, mode) in [(directory, 0o755), (runDirectory, 0o1777)] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder)
    }
  }
}
