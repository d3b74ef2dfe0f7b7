import Contract
import Support

/// Which faults and kills hit orders at which stage.
struct CellTable: Sendable {
  private struct Row {
    let name: String
    let stages: Set<Stage>
    var hits: [Stage: Int] = [:]
  }

  private var rows: [Row]

  init() {
    rows =
      FaultKind.all.map { Row(name: $0.name, stages: $0.stages) }
      + Cluster.ServiceName.allCases.map {
        Row(name: Self.kill($0.rawValue), stages: Stage.ofOrders)
      }
  }

  private static func kill(_ service: String) -> String { "kill -9 \(service)" }

  /// The cells that can be hit and were not, such as `paypal.capture5xx at capturing`.
  var missed: [String] {
    rows.flatMap { row in
      Stage.allCases.filter { row.stages.contains($0) && row.hits[$0, default: 0] == 0 }
        .map { "\(row.name) at \($0.rawValue)" }
    }
  }

  var cells: Int { rows.reduce(0) { $0 + $1.stages.count } }

  mutating func add(_ strikes: [SandboxControl.Strike], _ orders: [String: OrderTimes]) {
    for strike in strikes {
      let order = strike.keys.lazy.compactMap { Scenario.orderID(in: $0) }.first
      let times = order.flatMap { orders[$0] }
      guard let stage = Self.stage(of: strike, times) else { continue }
      hit(strike.name, stage)
    }
  }

  mutating func add(_ kills: [Notes.Kill], _ orders: [String: OrderTimes]) {
    for kill in kills {
      for times in orders.values {
        if let stage = times.stage(at: kill.at) { hit(Self.kill(kill.service), stage) }
      }
    }
  }

  private mutating func hit(_ name: String, _ stage: Stage) {
    guard let index = rows.firstIndex(where: { $0.name == name }) else { return }
    rows[index].hits[stage, default: 0] += 1
  }

  /// What the call was for says where its order was; a look at a payment says nothing of that.
  private static func stage(of strike: SandboxControl.Strike, _ times: OrderTimes?) -> Stage? {
    guard let call = strike.keys.first else { return nil }
    if strike.name.hasPrefix("paypal.payout") || strike.name == "paypal.insufficientFunds" {
      return .payouts
    }
    switch call {
    case "aliexpress.ds.product.get", "aliexpress.ds.freight.query": return .requested
    case "aliexpress.ds.order.create": return times?.stage(at: strike.at) ?? .placing
    case "aliexpress.trade.ds.order.get": return .unpaid
    case "/auth/token/create", "/auth/token/refresh": return .tokens
    default: break
    }
    if call.contains("/shop/") { return times?.stage(at: strike.at) ?? .placing }
    if call.hasSuffix("/oauth2/token") { return .tokens }
    if call.contains("/payouts") { return .payouts }
    if call.contains("/refund") { return .refunding }
    if call.hasSuffix("/capture") { return .capturing }
    if call.hasSuffix("/checkout/orders") { return .awaiting }
    return times?.stage(at: strike.at)
  }

  /// Dots are cells that cannot be hit.
  func lines() -> [String] {
    let width = rows.map(\.name.count).max() ?? 0
    let stages = Stage.allCases
    let head = stages.map { Self.padded($0.rawValue, 11, isLeft: false) }.joined()
    return [Self.padded("", width) + head]
      + rows.map { row in
        let cells = stages.map { stage -> String in
          let count = row.hits[stage, default: 0]
          let text = count == 0 && !row.stages.contains(stage) ? "." : String(count)
          return Self.padded(text, 11, isLeft: false)
        }
        return Self.padded(row.name, width) + cells.joined()
      }
  }

  static func padded(_ text: String, _ width: Int, isLeft: Bool = true) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return isLeft ? text + space : space + text
  }
}
