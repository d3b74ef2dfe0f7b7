import Synchronization

/// Ids for requests and traces: random from process to process, and never twice in one.
///
/// One addition and some arithmetic each, since every call may need some; the system's generator is
/// asked once. They are names, not secrets: who knows one can guess the next.
/// Source: SplitMix64, https://prng.di.unimi.it/splitmix64.c
enum LocalID {
  private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

  /// Never zero.
  static func next() -> UInt64 {
    while true {
      let (_, state) = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed)
      var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      mixed ^= mixed >> 31
      if mixed != 0 { return mixed }
    }
  }
}
