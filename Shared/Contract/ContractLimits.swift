/// What a message may be at most, checked before libprotobuf-c sees it.
enum ContractLimits {
  static let messageBytesMax = 4 * 1024 * 1024
  /// What the C structures of one message may take: small on the wire is not small in memory.
  static let memoryBytesMax = 64 * 1024 * 1024
  /// How deep messages, and JSON values, may be nested.
  static let depthMax = 32
  static let jsonBytesMax = 16 * 1024 * 1024
}
