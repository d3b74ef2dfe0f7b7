import Contract

/// Parts of the ledger, as its pages lead to each other.
struct LedgerTab: Sendable {
  let label: String
  let path: String
  let isCurrent: Bool

  enum Part: String, Sendable {
    case accounts = "Accounts"
    case statement = "Statement"
    case journal = "Journal"
    case profit = "Profit"
    case rates = "Commission"

    var path: String {
      switch self {
      case .accounts: Section.ledger.path
      case .statement: "\(Section.ledger.path)/statement"
      case .journal: "\(Section.ledger.path)/journal"
      case .profit: "\(Section.ledger.path)/profit"
      case .rates: "\(Section.ledger.path)/rates"
      }
    }
  }

  /// A reseller has his own statement; the accounts and the journal are the platform's.
  static func all(_ current: Part, _ call: RouteCall) -> [LedgerTab] {
    let isAdmin = call.session?.isAdmin == true
    let parts: [Part] =
      isAdmin ? [.accounts, .journal, .profit, .rates] : [.statement, .profit, .rates]
    let shown = isAdmin && current == .statement ? .accounts : current
    return parts.map {
      LedgerTab(label: $0.rawValue, path: $0.path, isCurrent: $0 == shown)
    }
  }
}
