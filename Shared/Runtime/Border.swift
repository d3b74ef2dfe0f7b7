public import Contract
public import Money
public import RPC
public import Store

extension Contract.Environment {
  /// For messages: sandbox or production.
  public var word: String {
    switch self {
    case .sandbox: "sandbox"
    case .production: "production"
    case .unspecified: "unspecified"
    case .unrecognized(let number): "\(number)"
    }
  }
}

extension Contract.Money {
  public init(_ amount: Amount) {
    self.init(minorUnits: amount.minorUnits, currency: amount.currency.code)
  }
}

extension Row {
  /// The column `environment`, which holds the contract's number.
  public var environment: Contract.Environment {
    .init(rawValue: Int32(clamping: int("environment")))
  }
}

/// A store that cannot be reached is UNAVAILABLE: maybe done, maybe not, to be replayed. Anything else
/// is a bug of ours. The details stay in the log.
extension StoreError: RPCErrorConvertible {
  public var rpcError: RPCError {
    switch self {
    case .unavailable:
      RPCError(.unavailable, "the service's store is unavailable; ask again with the same id")
    case .constraint, .statement, .notOurs, .damaged, .newer, .changedMigration, .inUse,
      .cannotOpen:
      RPCError(.internalError, "the service failed; its log says why")
    }
  }
}
