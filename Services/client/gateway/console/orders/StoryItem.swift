import Contract

/// One thing that happened to an order, in one of the services.
struct StoryItem: Sendable, Hashable {
  enum Service: String, Sendable {
    case orders, purchasing, ledger
  }

  /// How it is to be taken.
  enum Tone: String, Sendable {
    case plain, good, warn, bad
  }

  /// A detail by its name.
  struct Fact: Sendable, Hashable {
    enum Value: Sendable, Hashable {
      case text(String)
      /// An id or key, which is shown as it is.
      case code(String)
      case money(Contract.Money)
      case time(Timestamp)
      /// Milliseconds.
      case length(Int64)
    }

    let name: String
    let value: Value
  }

  let at: Timestamp?
  let service: Service
  let title: String
  var tone = Tone.plain
  /// The person who did it; empty when it went by itself.
  var who = ""
  /// What is to be read first, in a sentence.
  var text = ""
  var facts: [Fact] = []
  var postings: [Posting] = []
  /// Names of what a browser saw.
  var screenshots: [String] = []

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
    let provider = reason.providerCode.isEmpty ? "" : " (\(reason.providerCode))"
    return .text("\(reason.text)\(provider)")
  }
}
