/// An enum of the contract. Numbers that it does not name are kept, so that an older program can
/// show what a newer one sent.
public protocol ContractEnum: ScalarValue {
  /// What the names begin with, such as `ORDER_STATE_`.
  static var namePrefix: String { get }
  /// Every value that has a name, the zero value first.
  static var allKnown: [Self] { get }
  init(rawValue: Int32)
  var rawValue: Int32 { get }
  /// The name in the .proto file, such as `ORDER_STATE_PAID`; the number when it has none.
  var name: String { get }
}

extension ContractEnum {
  /// The name without what every name begins with, such as `PAID`.
  public var shortName: String {
    name.hasPrefix(Self.namePrefix) ? String(name.dropFirst(Self.namePrefix.count)) : name
  }
}
