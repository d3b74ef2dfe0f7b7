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

  init(_ story: OrderStory, missing: [String]) {
    lines = story.items.map { Line($0) }
    self.missing = missing
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

extension Story.Line {
  /// An item in one line: what is to be read first comes first, who did it last.
  fileprivate init(_ item: StoryItem) {
    let details =
      [item.state.map { "now \(OrderPages.state($0))" } ?? "", item.text]
      + item.facts.map {
        "\($0.name.prefix(1).lowercased() + $0.name.dropFirst()) \(Shown.fact($0.value))"
      }
      + item.postings.map(BookPages.posting)
      + (item.screenshots.isEmpty ? [] : ["screenshots \(item.screenshots.count)"])
      + [item.who.isEmpty ? "" : "by \(Shown.actor(item.who))"]
    self.init(
      at: item.at?.milliseconds ?? 0, service: item.service.rawValue, what: item.title,
      detail: details.filter { !$0.isEmpty }.joined(separator: ", "))
  }
}
