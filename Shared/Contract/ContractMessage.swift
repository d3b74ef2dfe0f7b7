/// A message of the contract: a value that travels as protobuf bytes and reads as JSON.
///
/// Generated code conforms to it. What goes to the wire is encoded and decoded by libprotobuf-c;
/// fields that this contract does not know are dropped, for no service passes messages on.
public protocol ContractMessage: FieldValue {
  /// The message's C structure.
  static var layout: MessageLayout { get }
  /// Hands every field to a writer, by its place in the layout.
  func write(to fields: inout some FieldWriter)
  /// Takes every field from a reader, by its place in the layout.
  init(from fields: some FieldReader) throws(ContractError)
}

extension ContractMessage {
  /// The full name, such as `dropwire.orders.v1.Order`.
  public static var messageName: String { layout.name }
}
