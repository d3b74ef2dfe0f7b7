import Contract
import Presentation

/// A time as `<time>` has it: for people, and for the browser, which tells how long ago it is.
struct Moment: Sendable, Hashable {
  let shown: String
  let machine: String

  /// Nil for none.
  init?(_ time: Timestamp?) {
    guard let time else { return nil }
    shown = Shown.time(time)
    machine = Look.machineTime(time)
  }
}

/// A line of a list of what is known.
struct Detail: Sendable, Hashable {
  let name: String
  let value: String
  let moment: Moment?
  /// Where the value leads to; empty for nowhere.
  let path: String

  init(_ name: String, _ value: String, path: String = "") {
    self.name = name
    self.value = value
    self.path = path
    moment = nil
  }

  init(_ name: String, _ moment: Moment) {
    self.name = name
    self.moment = moment
    value = ""
    path = ""
  }

  /// Those that say something.
  static func list(_ facts: [(String, String)]) -> [Detail] {
    facts.filter { !$0.1.isEmpty }.map { Detail($0.0, $0.1) }
  }

  static func times(_ times: [(String, Timestamp?)]) -> [Detail] {
    times.compactMap { name, time in Moment(time).map { Detail(name, $0) } }
  }
}
