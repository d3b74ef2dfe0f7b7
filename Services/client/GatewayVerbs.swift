import ArgumentParser
import Foundation
import Gateway
import Runtime

/// `dropwire gateway`. Its arguments are its own: settings, as those of the services.
struct GatewayVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway", abstract: "Serve the HTTP interface; see dropwire gateway --help.",
    discussion: """
      EXAMPLES:
        dropwire gateway --listen 127.0.0.1:8080 --jwt-secret-file gateway.secret
      """)

  @Argument(parsing: .captureForPassthrough, help: "Settings; see dropwire gateway --help.")
  var arguments: [String] = []

  func run() async throws { await GatewayProgram.run(arguments) }
}

/// `dropwire token`.
struct TokenVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make a token for the gateway, where nobody else signs people in.",
    discussion: """
      Signs it with the gateway's secret, by HS256. Whoever has the secret can be anyone.

      EXAMPLES:
        dropwire token reseller:42 --secret-file gateway.secret
        curl -H "Authorization: Bearer $(dropwire token admin:1 --secret-file gateway.secret)" \\
          localhost:8080/api/orders
      """)

  @Argument(help: ArgumentHelp("reseller:42 or admin:7.", valueName: "person"))
  var person: String
  @Option(help: ArgumentHelp("File with the gateway's secret.", valueName: "file"))
  var secretFile: String
  @Option(help: ArgumentHelp("For how long it is good.", valueName: "minutes")) var minutes = 60
  @Option(help: "The secret's key id.") var keyID = "dropwire"
  @Option(help: "Who issues it.") var issuer = "dropwire"
  @Option(help: "For whom it is.") var audience = "dropwire"

  func validate() throws {
    guard (1...525_600).contains(minutes) else {
      throw ValidationError("--minutes is \(minutes); it must be from 1 to 525600")
    }
  }

  func run() async throws {
    do throws(Complaint) {
      Output.standard.line(try await token())
    } catch {
      Output.standard.complaint(error)
      throw ExitCode(error.status.rawValue)
    }
  }

  private func token() async throws(Complaint) -> String {
    guard let actor = Actor(person) else {
      throw Complaint(.usage, "\(person) must be reseller:ID or admin:ID")
    }
    guard var secret = FileManager.default.contents(atPath: secretFile).map({ [UInt8]($0) }) else {
      throw Complaint(.notFound, "\(secretFile) cannot be read")
    }
    while let last = secret.last, last == 0x0A || last == 0x0D { secret.removeLast() }
    do {
      return try await LoginToken.signed(
        for: actor, secret: secret, keyID: keyID, issuer: issuer, audience: audience,
        seconds: minutes * 60)
    } catch let problem as KeyProblem {
      throw Complaint(.usage, problem.text)
    } catch {
      throw Complaint(error)
    }
  }
}
