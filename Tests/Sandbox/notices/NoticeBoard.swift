/// All notices, and what has been told already.
///
/// **Invariant:** a fact is told once, whatever number of times its notice is sent; what had happened
/// before anybody wanted to be told never is.
struct NoticeBoard: Sendable {
  /// Sent at a time. The others wait.
  static let underWayMax = 8

  private(set) var notices: [Notice] = []
  private var waiting: Set<Int> = []
  private var underWay: Set<Int> = []
  private var told: Set<String> = []

  /// Whether a fact is new; it is known from now on.
  mutating func isNews(_ key: String) -> Bool { told.insert(key).inserted }

  mutating func post(_ notice: Notice) {
    waiting.insert(notices.count)
    notices.append(notice)
  }

  /// Those that are due, oldest first, as far as they may be sent now. Each is under way until it is
  /// given back.
  mutating func takeDue(now: Int64) -> [Int] {
    let room = Self.underWayMax - underWay.count
    guard room > 0, !waiting.isEmpty else { return [] }
    let due = waiting.filter { notices[$0].dueAt <= now }.sorted().prefix(room)
    waiting.subtract(due)
    underWay.formUnion(due)
    return Array(due)
  }

  /// Takes one that had its turn back: it is over, or waits for another.
  mutating func giveBack(_ index: Int, _ change: (inout Notice) -> Void) {
    change(&notices[index])
    underWay.remove(index)
    if !notices[index].isOver { waiting.insert(index) }
  }

  func notice(_ index: Int) -> Notice { notices[index] }

  mutating func keep(_ transmission: Notice.Transmission, _ index: Int) {
    notices[index].latest = transmission
  }

  /// Those about ids with a prefix, oldest first.
  func json(about prefix: String) -> JSON {
    .array(notices.filter { $0.subject.hasPrefix(prefix) }.map(\.json))
  }
}
