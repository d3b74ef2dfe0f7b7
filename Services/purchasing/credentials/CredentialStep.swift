/// The places at which a test may have the process killed while tokens come or keys change: after each
/// commit and each outside effect.
enum CredentialStep: String, CaseIterable {
  case refreshCommitted = "purchasing.refreshCommitted"
  case refreshSent = "purchasing.refreshSent"
  case refreshStored = "purchasing.refreshStored"
  case authorizationCommitted = "purchasing.authorizationCommitted"
  case authorizationSent = "purchasing.authorizationSent"
  case authorizationStored = "purchasing.authorizationStored"
  case keysRewrapped = "purchasing.keysRewrapped"
}
