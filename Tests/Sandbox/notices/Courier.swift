import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Brings notices to where they are wanted.
struct Courier: Sendable {
  /// Between two looks at what has happened.
  private static let pause = Duration.milliseconds(20)
  private static let timeout = TimeAmount.seconds(10)

  let world: World

  /// Runs until it is cancelled.
  func run() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let deliveries = world.change { state, now -> [WorldState.Delivery] in
          guard state.hasListener else { return [] }
          state.lookForNews(now: now)
          return state.takeDeliveries(now: now)
        }
        for delivery in deliveries { group.addTask { await deliver(delivery) } }
        try? await Task.sleep(for: Self.pause)
      }
    }
  }

  private func deliver(_ delivery: WorldState.Delivery) async {
    let transmission = transmission(delivery)
    world.change { state, _ in state.notices.keep(transmission, delivery.index) }
    async let first = Self.send(transmission)
    async let second = delivery.isTwice ? Self.send(transmission) : 200
    let statuses = await [first, second]
    world.change { state, now in
      state.delivered(delivery.index, status: statuses.max() ?? 0, now: now)
    }
  }

  private func transmission(_ delivery: WorldState.Delivery) -> Notice.Transmission {
    var headers = [(name: "Content-Type", value: "application/json")]
    var body = delivery.notice.body
    if delivery.notice.sender == .payPal {
      let time = Moment(milliseconds: world.time).text
      headers += world.signatory.headers(
        for: body, webhookID: delivery.webhookID, time: time, at: world.address)
    }
    if delivery.isTampered { body.insert(UInt8(ascii: " "), at: body.count - 1) }
    return Notice.Transmission(url: delivery.url, headers: headers, body: body)
  }

  /// Sends one.
  ///
  /// - Returns: the HTTP status; 0 when nobody answered.
  static func send(_ transmission: Notice.Transmission) async -> Int {
    var request = HTTPClientRequest(url: transmission.url)
    request.method = .POST
    for header in transmission.headers {
      request.headers.add(name: header.name, value: header.value)
    }
    request.body = .bytes(ByteBuffer(bytes: transmission.body))
    let response = try? await HTTPClient.shared.execute(request, timeout: timeout)
    _ = try? await response?.body.collect(upTo: 1 << 20)
    return response.map { Int($0.status.code) } ?? 0
  }
}
