import Contract
import Testing

@testable import Gateway

/// What people are told about a connection.
struct ConnectionTests {
  private let soon = Timestamp(milliseconds: 4_000_000_000_000)

  private func connection(
    _ state: CredentialState, renews: Bool = false, owner: String = "reseller"
  ) -> Connection {
    Connection(
      CredentialStatus(
        userID: 42, api: Connection.api, environment: .sandbox, state: state,
        reason: Reason(code: "CREDENTIALS", text: "for operators", owner: owner),
        accessTokenExpiresAt: soon, nextRefreshAt: renews ? soon : nil))
  }

  @Test func `whoever can do something is told what, in words of the console`() {
    #expect(connection(.valid, renews: true).advice.isEmpty)
    #expect(connection(.valid).advice.contains("before it ends"))
    #expect(connection(.expired, renews: true).advice.contains("renewed by itself"))
    for state in [CredentialState.expiring, .expired, .revoked, .missing] {
      #expect(connection(state).advice.contains("onnect AliExpress"), "\(state)")
    }
    #expect(connection(.revoked, owner: "platform").advice.contains("The platform corrects"))
    #expect(connection(.undecryptable).advice.contains("master key"))
    for state in CredentialState.allKnown {
      #expect(!connection(state).advice.contains("dropwire "), "\(state) names a command")
    }
  }

  @Test func `what does not work is not well, what cures itself is busy`() {
    #expect(connection(.valid).tone == "good" && connection(.valid).why.isEmpty)
    #expect(connection(.expired).tone == "bad" && connection(.expired, renews: true).tone == "busy")
    #expect(connection(.expiring).tone == "warn")
    for state in [CredentialState.undecryptable, .revoked] {
      #expect(connection(state).tone == "bad" && !connection(state).why.isEmpty)
    }
  }
}
