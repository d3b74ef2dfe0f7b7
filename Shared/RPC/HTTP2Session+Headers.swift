import CNGHTTP2

/// Header fields that are sent over and over, kept for good where libnghttp2 reads them without a
/// copy.
///
/// `@unchecked Sendable`: the memory is written once, before it is shared.
struct FixedHeaders: @unchecked Sendable {
  fileprivate let values: UnsafeMutableBufferPointer<nghttp2_nv>

  init(_ fields: [HeaderField]) {
    values = .allocate(capacity: fields.count)
    for (index, field) in fields.enumerated() {
      let (name, value) = (Self.kept(field.name), Self.kept(field.value))
      let flags = NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue
      values.initializeElement(
        at: index,
        to: nghttp2_nv(
          name: name.baseAddress, value: value.baseAddress, namelen: name.count,
          valuelen: value.count, flags: UInt8(flags)))
    }
  }

  private static func kept(_ text: String) -> UnsafeMutableBufferPointer<UInt8> {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = memory.initialize(from: text.utf8)
    return memory
  }

  static let none = FixedHeaders([])

  /// Begins every answer.
  static let answer = FixedHeaders([
    HeaderField(name: ":status", value: "200"),
    HeaderField(name: "content-type", value: "application/grpc"),
  ])

  /// Ends an answer that is well.
  static let ok = FixedHeaders(GRPCStatus.ok)

  /// In every request, after its path.
  static let request = request(scheme: "http")

  /// The same over TLS.
  static let secureRequest = request(scheme: "https")

  private static func request(scheme: String) -> FixedHeaders {
    FixedHeaders([
      HeaderField(name: ":method", value: "POST"),
      HeaderField(name: ":scheme", value: scheme),
      HeaderField(name: ":authority", value: "localhost"),
      HeaderField(name: "content-type", value: "application/grpc"),
      HeaderField(name: "te", value: "trailers"),
    ])
  }
}

/// Header fields in the form that libnghttp2 takes, made in memory that is kept for the next.
struct HeaderScratch {
  private var text: [UInt8] = []
  private var values: [nghttp2_nv] = []

  /// - Parameters:
  ///   - first: comes before the fixed ones: HTTP/2 wants the names with a colon first.
  ///   - rest: comes after them.
  mutating func with<Result>(
    first: HeaderField? = nil, _ fixed: FixedHeaders, rest: [HeaderField] = [],
    _ body: (UnsafePointer<nghttp2_nv>?, Int) -> Result
  ) -> Result {
    if first == nil, rest.isEmpty { return body(fixed.values.baseAddress, fixed.values.count) }
    text.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    let firstBytes = first.map { $0.name.utf8.count + $0.value.utf8.count } ?? 0
    // Beforehand: the addresses of what is in it must not change any more.
    text.reserveCapacity(
      rest.reduce(firstBytes) { $0 + $1.name.utf8.count + $1.value.utf8.count })
    if let first { add(first) }
    values.append(contentsOf: fixed.values)
    for field in rest { add(field) }
    return values.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
  }

  private mutating func add(_ field: HeaderField) {
    let start = text.count
    text.append(contentsOf: field.name.utf8)
    text.append(contentsOf: field.value.utf8)
    let (name, value) = (field.name.utf8.count, field.value.utf8.count)
    let flags = Self.isUnique(field.name) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE
    text.withUnsafeMutableBufferPointer { text in
      values.append(
        nghttp2_nv(
          name: text.baseAddress.map { $0 + start },
          value: text.baseAddress.map { $0 + start + name }, namelen: name, valuelen: value,
          flags: UInt8(flags.rawValue)))
    }
  }

  /// What is different in each call would only drive out of the peer's table what comes again.
  private static func isUnique(_ name: String) -> Bool {
    name == MetadataName.requestID || name == MetadataName.trace || name == GRPCTimeout.name
  }
}
