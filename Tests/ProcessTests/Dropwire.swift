import Foundation
import Support

/// The program `dropwire` against a running cluster.
enum Dropwire {
  struct Run: Sendable {
    let status: Int32
    /// What it printed, complaints included.
    let text: String
  }

  static func run(_ cluster: Cluster, _ arguments: [String]) async throws -> Run {
    let program = try Program(
      "dropwire", arguments: arguments, environment: cluster.environment,
      logPath: "\(cluster.directory)/log/dropwire.log")
    let exit = await program.waitForExit()
    return Run(status: exit.status, text: program.ownLog)
  }
}
