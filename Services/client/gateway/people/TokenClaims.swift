import Foundation
import JWTKit
import Runtime

/// What a token says: who, by which role, from whom, for whom, until when.
struct TokenClaims: JWTPayload {
  static let roles = ["admin", "reseller"]
  /// By which the clock of whoever signs may be before ours. None is given at the end.
  static let lead: TimeInterval = 30

  /// The user's id, a positive whole number.
  var sub: SubjectClaim
  /// admin or reseller.
  var role: String
  var iss: IssuerClaim
  var aud: AudienceClaim
  var exp: ExpirationClaim
  var nbf: NotBeforeClaim?

  func verify(using algorithm: some JWTAlgorithm) throws {
    try exp.verifyNotExpired()
    try nbf?.verifyNotBefore(currentDate: Date().addingTimeInterval(Self.lead))
  }

  /// Nil when the claims name nobody.
  var actor: Actor? {
    Self.roles.contains(role) ? Actor("\(role):\(sub.value)") : nil
  }
}
