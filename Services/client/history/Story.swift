import Contract
import Presentation

/// What happened to one order, over the three services, by time.
struct Story: Encodable {
  struct Line: Encodable, Hashable {
    /// Milliseconds since 1970.
    let at: Int64
    let service: String
    let what: String
    let detail: String

    private enum Key: String, CodingKey { case time, service, what, detail }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(Shown.preciseTime(at).replacing(" ", with: "T"), forKey: .time)
      try container.encode(service, forKey: .service)
      try container.encode(what, forKey: .what)
      try container.encode(detail, forKey: .detail)
    }
  }

  let lines: [Line]
  /// What could not be asked, and why.
  let missing: [String]

  /// Merges the services' parts. Within one millisecond the parts keep their order, and each part
  /// keeps its own.
  init(parts: [[Line]], missing: [String]) {
    let all = parts.map { Self.inOrder($0) }.joined().enumerated()
    lines = all.sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    self.missing = missing
  }

  private static func inOrder(_ part: [Line]) -> [Line] {
    part.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  /// Each line with its time and the time since the line before it, then what is missing.
  var text: String {
    var table = Table([
      .left("time"), .right("passed"), .left("service"), .left("what"), .left("detail"),
    ])
    var before: Int64?
    for line in lines {
      table.add([
        Shown.preciseTime(line.at), before.map { Shown.passed(line.at - $0) } ?? "",
        line.service, line.what, line.detail,
      ])
      before = line.at
    }
    return ([table.text(ifEmpty: "nothing is known")] + missing.map { "missing: \($0)" })
      .joined(separator: "\n")
  }
}
