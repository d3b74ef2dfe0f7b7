public import Contract

/// One thing that happened to an order, in one of the services.
public struct StoryItem: Sendable, Hashable {
  public enum Service: String, Sendable {
    case orders, purchasing, ledger
  }

  /// How it is to be taken.
  public enum Tone: String, Sendable {
    case plain, good, warn, bad
  }

  /// A detail by its name.
  public struct Fact: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
      case text(String)
      /// An id or key, which is shown as it is.
      case code(String)
      case money(Contract.Money)
      case time(Timestamp)
      /// Milliseconds.
      case length(Int64)
    }

    public let name: String
    public let value: Value
  }

  public let at: Timestamp?
  public let service: Service
  public let title: String
  public var tone = Tone.plain
  /// What the order's state is from then on; nil when it stays.
  public var state: OrderState?
  /// Who did it, such as `reseller:42`; empty when it went by itself.
  public var who = ""
  /// What is to be read first, in a sentence.
  public var text = ""
  public var facts: [Fact] = []
  public var postings: [Posting] = []
  /// Names of what a browser saw.
  public var screenshots: [String] = []

  /// Leaves out facts that say nothing.
  static func facts(_ pairs: [(String, Fact.Value?)]) -> [Fact] {
    pairs.compactMap { name, value in
      switch value {
      case nil, .text(""), .code(""): nil
      case let value?: Fact(name: name, value: value)
      }
    }
  }
}

extension StoryItem.Fact.Value {
  /// Nil for no amount.
  static func amount(_ money: Contract.Money?) -> Self? { money.map { .money($0) } }

  /// A reason with its code and who can cure it; nil for none.
  static func reason(_ reason: Reason?) -> Self? {
    guard let reason, !reason.code.isEmpty else { return nil }
    return .text(Shown.told(reason))
  }
}
