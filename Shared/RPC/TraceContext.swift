/// Where a call belongs in a trace: the trace's id, and the id of the step that calls.
///
///     traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
///                  version, trace id, parent id, flags
///
/// **Invariant:** neither id is zero. Source: https://www.w3.org/TR/trace-context/
public struct TraceContext: Sendable, Hashable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64
  private let parent: UInt64
  /// Sampled (1) and, in version 00, random (2); others mean nothing to us and do not travel.
  private let flags: UInt8

  private init(high: UInt64, low: UInt64, parent: UInt64, flags: UInt8) {
    self.high = high
    self.low = low
    self.parent = parent
    self.flags = flags
  }

  /// A new trace.
  init() {
    self.init(high: LocalID.next(), low: LocalID.next(), parent: LocalID.next(), flags: 2)
  }

  /// Reads a `traceparent`. Nil when it is not valid: then a new trace begins. One of a later version
  /// is read as far as version 00 goes.
  public init?(traceparent text: String) {
    var text = text
    let read = text.withUTF8 { Self.read($0) }
    guard let read else { return nil }
    self = read
  }

  /// The trace of a call: the caller's, or a new one. Several are as good as none.
  init(_ metadata: Metadata) {
    var found: String?
    for entry in metadata.entries where entry.name == MetadataName.trace {
      if found != nil {
        self.init()
        return
      }
      found = entry.value
    }
    self = found.flatMap { TraceContext(traceparent: $0) } ?? TraceContext()
  }

  /// 32 hexadecimal digits.
  public var traceID: String { Self.hex(high) + Self.hex(low) }

  /// The `traceparent`.
  public var description: String {
    "00-\(traceID)-\(Self.hex(parent))-0\(String(flags, radix: 16))"
  }

  /// For a call that is made on behalf of this one: the same trace, a new parent.
  public var onward: TraceContext {
    TraceContext(high: high, low: low, parent: LocalID.next(), flags: flags)
  }

  private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> TraceContext? {
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, let version = number(bytes[0..<2]), version != 0xFF,
      bytes.count == 55 || (version > 0 && bytes[55] == dash),
      bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      let high = number(bytes[3..<19]), let low = number(bytes[19..<35]), high | low != 0,
      let parent = number(bytes[36..<52]), parent != 0, let flags = number(bytes[53..<55])
    else { return nil }
    return TraceContext(
      high: high, low: low, parent: parent, flags: UInt8(flags) & (version == 0 ? 0b11 : 0b01))
  }

  /// Digits and the letters a to f alone, as the standard asks.
  private static func number(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
    var number: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }

  static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
