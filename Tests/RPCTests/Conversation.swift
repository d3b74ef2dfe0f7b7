/// Conversations as they should be, and what becomes of them by chance.
struct Conversation {
  private var random: SplitMix
  private let isClient: Bool
  private var frames: [[UInt8]] = []

  /// The bytes for `FuzzedEnd`. The same seed always gives the same.
  static func input(seed: UInt64) -> [UInt8] {
    var conversation = Conversation(seed: seed)
    return conversation.input()
  }

  private init(seed: UInt64) {
    random = SplitMix(state: seed)
    isClient = seed % 2 == 1
  }

  private mutating func input() -> [UInt8] {
    for number in 0..<UInt32(number(1...6)) {
      if isClient { answer(2 * number + 1) } else { ask(2 * number + 1) }
    }
    for _ in 0..<number(0...6) { spoil() }
    var bytes = frames.flatMap { $0 }
    for _ in 0..<number(0...3) where !bytes.isEmpty && chance(3) {
      bytes[number(0...bytes.count - 1)] ^= 1 << UInt8(number(0...7))
    }
    if chance(8), !bytes.isEmpty { bytes.removeLast(number(1...bytes.count)) }
    let how = UInt8(number(0...63)) << 2 | (chance(20) ? 0 : 2) | (isClient ? 1 : 0)
    return [how] + bytes
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  /// True once in so many times.
  private mutating func chance(_ times: Int) -> Bool { number(1...times) == 1 }

  // MARK: As it should be

  private mutating func ask(_ stream: UInt32) {
    let methods = ["Echo", "Fill", "Fail", "Wait", "Nothing"]
    let fields = RawFrame.head(
      methods[number(0...methods.count - 1)], timeout: chance(2) ? "\(number(0...99))S" : nil,
      more: chance(3) ? [("x-request-id", "r-\(number(0...9))")] : [])
    headers(fields, stream, isEnd: chance(10))
    message(stream, isEnd: true)
    between(stream)
  }

  private mutating func answer(_ stream: UInt32) {
    headers([(":status", "200"), ("content-type", "application/grpc")], stream, isEnd: false)
    message(stream, isEnd: false)
    let status = number(0...17)
    headers([("grpc-status", "\(status)"), ("grpc-message", "%41 no")], stream, isEnd: true)
    between(stream)
  }

  /// A header block in one frame or several.
  private mutating func headers(_ fields: [(String, String)], _ stream: UInt32, isEnd: Bool) {
    var block = RawFrame.block(fields)
    // Some enter HPACK's table, so that later blocks can name them.
    if chance(2) { block = [0x40] + RawFrame.text("n\(stream)") + RawFrame.text("v") + block }
    if chance(4) { block.append(0xBE) }
    let cut = chance(3) ? number(0...block.count) : block.count
    let flags: UInt8 = isEnd ? RawFrame.endStream : 0
    let isWhole = cut == block.count
    frames.append(
      RawFrame(
        type: RawFrame.headers, flags: flags | (isWhole ? RawFrame.endHeaders : 0), stream: stream,
        payload: Array(block[..<cut])
      ).bytes)
    if isWhole { return }
    frames.append(
      RawFrame(
        type: RawFrame.continuation, flags: RawFrame.endHeaders, stream: stream,
        payload: Array(block[cut...])
      ).bytes)
  }

  /// A message in frames of some bytes each.
  private mutating func message(_ stream: UInt32, isEnd: Bool) {
    let count = chance(5) ? number(0...40_000) : number(0...100)
    let bytes = [0] + RawFrame.number(UInt32(count)) + [UInt8](repeating: 7, count: count)
    let step = max(number(1...bytes.count), bytes.count / 20)
    for start in stride(from: 0, to: bytes.count, by: step) {
      let end = min(start + step, bytes.count)
      let isLast = isEnd && end == bytes.count
      frames.append(
        RawFrame(
          type: RawFrame.data, flags: isLast ? RawFrame.endStream : 0, stream: stream,
          payload: Array(bytes[start..<min(end, start + 16_384)])
        ).bytes)
    }
  }

  /// What may come at any time.
  private mutating func between(_ stream: UInt32) {
    switch number(0...7) {
    case 0: frames.append(RawFrame(type: RawFrame.ping, payload: Array(1...8)).bytes)
    case 1: frames.append(RawFrame.windowUpdate(UInt32(number(0...100_000)), stream: 0))
    case 2: frames.append(RawFrame.windowUpdate(UInt32(number(0...100_000)), stream: stream))
    case 3: frames.append(RawFrame.settings([(4, UInt32(number(0...100_000)))]))
    case 4: frames.append(RawFrame.reset(stream, code: UInt32(number(0...13))))
    case 5:
      let payload = RawFrame.number(stream) + RawFrame.number(UInt32(number(0...2)))
      frames.append(RawFrame(type: RawFrame.goAway, payload: payload).bytes)
    default: break
    }
  }

  // MARK: As it should not be

  private mutating func spoil() {
    guard !frames.isEmpty else { return }
    let at = number(0...frames.count - 1)
    // What was put in before may be shorter than a frame.
    guard frames[at].count >= 9 else { return }
    switch number(0...9) {
    case 0: frames.insert(frames[at], at: number(0...frames.count))
    case 1: frames.swapAt(at, number(0...frames.count - 1))
    case 2: frames.remove(at: at)
    case 3: frames[at][2] = UInt8(number(0...255))
    case 4: frames[at][3] = UInt8(number(0...12))
    case 5: frames[at][4] = UInt8(number(0...255))
    case 6: frames[at][8] = UInt8(number(0...15))
    case 7: frames[at].removeLast(number(0...frames[at].count - 9))
    case 8: frames.insert(noise(), at: at)
    default:
      let count = number(0...64)
      frames.insert((0..<count).map { _ in UInt8(number(0...255)) }, at: at)
    }
  }

  /// A frame of chance with a right length.
  private mutating func noise() -> [UInt8] {
    let payload = (0..<number(0...32)).map { _ in UInt8(number(0...255)) }
    return RawFrame(
      type: UInt8(number(0...12)), flags: UInt8(number(0...255)), stream: UInt32(number(0...9)),
      payload: payload
    ).bytes
  }
}

/// Numbers that look random and depend on their seed alone.
/// Source: https://prng.di.unimi.it/splitmix64.c
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
