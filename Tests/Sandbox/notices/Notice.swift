/// What a provider tells the platform by itself, again and again until it was taken.
struct Notice: Sendable {
  enum Sender: String, Sendable {
    case payPal = "paypal"
    case aliExpress = "aliexpress"
  }

  /// What went over the wire.
  struct Transmission: Sendable {
    let url: String
    let headers: [(name: String, value: String)]
    let body: [UInt8]
  }

  /// PayPal tries as often; the pauses are shorter here.
  static let triesMax = 25
  private static let pauseMilliseconds: Int64 = 100
  private static let pauseMillisecondsMax: Int64 = 5000

  let id: String
  let sender: Sender
  let type: String
  /// The id of ours that it is about: of an order, of a payout's item.
  let subject: String
  let body: [UInt8]
  var dueAt: Int64
  var tries = 0
  /// The latest answer's HTTP status; 0 without one.
  var status = 0
  /// Whether it was taken, or is not sent any more.
  var isOver = false
  var latest: Transmission?

  /// What faults can be limited to.
  var keys: [String] { [type, id, subject] }

  /// How long it waits before it is sent again.
  var pause: Int64 {
    min(Self.pauseMilliseconds << Int64(min(tries, 10)), Self.pauseMillisecondsMax)
  }

  var json: JSON {
    [
      "id": .string(id), "sender": .string(sender.rawValue), "type": .string(type),
      "subject": .string(subject), "tries": .integer(Int64(tries)),
      "status": .integer(Int64(status)), "over": .bool(isOver),
    ]
  }
}
