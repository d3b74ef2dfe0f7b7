#if DROPWIRE_FUZZ
  /// What libFuzzer calls with each input; see compose/fuzz.
  @_cdecl("LLVMFuzzerTestOneInput")
  public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzedEnd.run(UnsafeBufferPointer(start: start, count: count))
    return 0
  }
#endif
