/// Random numbers that a seed repeats (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Whether something with this probability happens.
  mutating func happens(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }

  /// A generator of its own for somebody who draws at his own pace.
  mutating func branch() -> SeededGenerator { SeededGenerator(seed: next()) }
}

/// Cards that are dealt in random order, all of them before one comes again.
struct Deck<Card: Sendable>: Sendable {
  private let cards: [Card]
  private var left: [Card] = []

  init(_ cards: [Card]) { self.cards = cards }

  mutating func deal(using generator: inout SeededGenerator) -> Card? {
    if left.isEmpty { left = cards.shuffled(using: &generator) }
    return left.popLast()
  }
}
