/// How much of everything a request may have.
struct DoorLimits: Sendable {
  /// Of a body. The longest that a service takes is a provider's message.
  var bodyBytesMax = 256 * 1024
  var bodySeconds = 10
  var headerBytesMax = 16 * 1024
  var headersMax = 64
  var connectionsMax = 2048
  /// Without a byte, unless an answer is still due.
  var idleSeconds = 60
  /// For a client to take something of what was written.
  var stallSeconds = 30
  /// For the rest of a request that was answered before it ended.
  var restSeconds = 5
  /// For a client to read why it was refused.
  var lingerSeconds = 1
  /// For a service's answer.
  var answerTimeout = Duration.seconds(20)
  /// Proxies of ours before the gateway.
  var proxies = 0
  /// Requests of one client.
  var perSecond = 50
  var burst = 100
  /// Live updates that are open, in all and of one client.
  var viewersMax = 1000
  var viewersOfOneMax = 250
}
