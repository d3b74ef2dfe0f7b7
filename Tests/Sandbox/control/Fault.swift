/// A way in which the outside world can misbehave; the raw value is its name in requests.
protocol FaultName: RawRepresentable<String>, CaseIterable, Sendable {
  /// What it does, and which extras it reads.
  var summary: String { get }
}

/// A misbehaviour that is switched on.
struct Fault: Sendable {
  /// How often it still happens; -1 is always.
  var times = 1
  /// From 0 to 1, drawn anew at each call that it could hit.
  var probability: Double = 1
  /// Only calls with a key that contains it.
  var match: String?
  var delayMilliseconds: Int64?
  var seconds: Int64?
  var status: Int?
  var code: String?
  var minorUnits: Int64?

  /// Whether a call with these keys may be hit.
  func concerns(_ keys: [String]) -> Bool {
    guard let match else { return true }
    return keys.contains { $0.contains(match) }
  }
}

/// A misbehaviour that happened.
struct Strike: Sendable {
  let name: String
  /// Those of the call, the first ones of many; and what the fault was limited to.
  let keys: [String]
  /// Milliseconds since 1970.
  let at: Int64
}

/// All misbehaviours that are switched on, in the order in which they were.
struct Faults: Sendable {
  /// Strikes that are kept: the first ones.
  static let strikesMax = 1_000_000
  static let strikeKeysMax = 6

  private var active: [String: [Fault]] = [:]
  private(set) var strikes: [Strike] = []

  var isEmpty: Bool { active.isEmpty }

  mutating func add(_ fault: Fault, named name: String) {
    active[name, default: []].append(fault)
  }

  mutating func removeAll() { active = [:] }

  /// The fault that hits this call now, if one does; it has happened then.
  mutating func strike<Name: FaultName>(_ name: Name, _ keys: [String]) -> Fault? {
    if active.isEmpty { return nil }
    guard var faults = active[name.rawValue] else { return nil }
    for index in faults.indices {
      let fault = faults[index]
      guard fault.concerns(keys), fault.times != 0,
        fault.probability >= 1 || Double.random(in: 0..<1) < fault.probability
      else { continue }
      if fault.times > 0 {
        faults[index].times -= 1
        if faults[index].times == 0 { faults.remove(at: index) }
        active[name.rawValue] = faults.isEmpty ? nil : faults
      }
      record(name.rawValue, keys, fault)
      return fault
    }
    return nil
  }

  private mutating func record(_ name: String, _ keys: [String], _ fault: Fault) {
    guard strikes.count < Self.strikesMax else { return }
    let shown = keys.prefix(Self.strikeKeysMax) + (fault.match.map { [$0] } ?? [])
    strikes.append(Strike(name: name, keys: Array(shown), at: World.wallClock()))
  }

  /// What has happened, oldest first.
  var strikesJSON: JSON {
    .array(
      strikes.map { strike in
        [
          "name": .string(strike.name), "keys": .array(strike.keys.map(JSON.string)),
          "at": .integer(strike.at),
        ]
      })
  }

  /// What is switched on, for people.
  var json: JSON {
    .array(
      active.sorted { $0.key < $1.key }.flatMap { name, faults in
        faults.map { fault in
          [
            "name": .string(name), "times": .integer(Int64(fault.times)),
            "probability": .number("\(fault.probability)"),
            "match": fault.match.map(JSON.string) ?? .null,
          ]
        }
      })
  }
}
