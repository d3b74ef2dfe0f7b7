import Synchronization

/// The statistics of the methods that a client calls, found by their names.
///
/// A list that only grows, since a client calls few methods: looking one up takes no lock and no
/// memory, and compares names that are mostly the same literals.
final class CalledMethods: Sendable {
  /// Methods told apart; calls of more are counted under the last one's name, `other`.
  static let methodsMax = 256

  private final class Link: Sendable {
    let statistics: MethodStatistics
    let next = AtomicLazyReference<Link>()

    init(_ statistics: MethodStatistics) { self.statistics = statistics }
  }

  private let first = AtomicLazyReference<Link>()

  func method(_ service: String, _ method: String) -> MethodStatistics {
    var position = 1
    var link = first.load() ?? first.storeIfNil(Self.link(position, service, method))
    while link.statistics.method != method || link.statistics.service != service {
      if position == Self.methodsMax { return link.statistics }
      position += 1
      link = link.next.load() ?? link.next.storeIfNil(Self.link(position, service, method))
    }
    return link.statistics
  }

  private static func link(_ position: Int, _ service: String, _ method: String) -> Link {
    let isLast = position == methodsMax
    return Link(
      MethodStatistics(service: isLast ? "other" : service, method: isLast ? "other" : method))
  }

  /// Sorted by service and method.
  var figures: [MethodFigures] {
    var all: [MethodFigures] = []
    var link = first.load()
    while let known = link {
      all.append(known.statistics.figures)
      link = known.next.load()
    }
    return all.sorted { ($0.service, $0.method) < ($1.service, $1.method) }
  }
}
