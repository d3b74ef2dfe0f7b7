import Contract
import Logging
import Outside

/// What routes work with.
struct DoorParts: Sendable {
  let services: Backends
  /// The world that is meant where a request names none.
  let environment: Contract.Environment
  let consent: ConsentCookie
  let sessions: Sessions
  let tokens: TokenKeys
  /// Where people reach the gateway, without a slash at the end; empty when that is not said.
  let publicURL: String
  /// Where the supplier sends browsers back to; empty: where purchasing's settings say.
  let callbackURL: String
  let viewers: Viewers
  let feeds: OrderFeeds
  let figures: DoorFigures
  let payPal: PayPalDoor
  /// What AliExpress' push messages bring along; nil when none are taken.
  let aliExpressToken: Secret?
  let logger: Logger
}
