import Everything

extension Everything {
  /// Every field set, to small things.
  static let full = Everything(
    doubleValue: 1.5, floatValue: -2.5, int32Value: -3, int64Value: 4, uint32Value: 5,
    uint64Value: 6, sint32Value: -7, sint64Value: -8, fixed32Value: 9, fixed64Value: 10,
    sfixed32Value: -11, sfixed64Value: -12, boolValue: true, stringValue: "text",
    bytesValue: [1, 0, 255], color: .darkBlue, nested: .init(name: "nested", shape: .round),
    doubles: [1, 2], floats: [1, 2], int32s: [-1, 2], int64s: [-1, 300], uint32s: [1, 300],
    uint64s: [1, 300], sint32s: [-1, 300], sint64s: [-1, 300], fixed32s: [1, 2],
    fixed64s: [1, 2], sfixed32s: [-1, 2], sfixed64s: [-1, 2], bools: [true, false],
    strings: ["a", "", "c"], blobs: [[1], [], [0]], colors: [.red, .infrared, .unrecognized(9)],
    nesteds: [.init(), .init(name: "b", others: [.init(name: "c")])], unpacked: [1, 2],
    default: "d", in: "i", choice: .message(.init(name: "chosen")))
}
