import Testing

@testable import RPC

struct StreamMapTests {
  @Test func `it holds what a dictionary holds, whatever is put and removed`() {
    var random = SplitMix(state: 1)
    for spread in [8, 64, 1024] {
      var map = StreamMap<Int>()
      var model: [Int32: Int] = [:]
      for step in 0..<5000 {
        // Steps of 32 fall on the same places.
        let id = Int32(
          Int.random(in: 0..<spread, using: &random) * (step.isMultiple(of: 2) ? 32 : 1))
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
          map[id] = step
          model[id] = step
        case 2: #expect(map.removeValue(for: id) == model.removeValue(forKey: id))
        case 3:
          map[id] = nil
          model[id] = nil
        default: map[id]? += 1; model[id]? += 1
        }
        #expect(map[id] == model[id] && map.count == model.count)
      }
      #expect(map.values.sorted() == model.values.sorted())
      for (id, value) in model { #expect(map[id] == value) }
    }
  }
}
