/// Values by stream id, for the few streams that are open on a connection at a time.
///
/// Open addressing with linear probing. The ids of one side follow each other in steps of two, so
/// their bits spread well as they are; ids that a peer chooses badly cost it a walk over at most the
/// streams it may have open.
struct StreamMap<Value> {
  private var ids: [Int32]
  private var slots: [Value?]
  private(set) var count = 0

  private static var capacityAtFirst: Int { 16 }

  init() {
    ids = Array(repeating: 0, count: Self.capacityAtFirst)
    slots = Array(repeating: nil, count: Self.capacityAtFirst)
  }

  var isEmpty: Bool { count == 0 }

  var values: [Value] { slots.compactMap { $0 } }

  subscript(id: Int32) -> Value? {
    get { slots[place(of: id)] }
    _modify {
      if 2 * (count + 1) > ids.count { grow() }
      let place = place(of: id)
      let wasThere = slots[place] != nil
      ids[place] = id
      yield &slots[place]
      let isThere = slots[place] != nil
      count += (isThere ? 1 : 0) - (wasThere ? 1 : 0)
      if !isThere { close(place) }
    }
  }

  mutating func removeValue(for id: Int32) -> Value? {
    let place = place(of: id)
    guard let value = slots[place].take() else { return nil }
    count -= 1
    close(place)
    return value
  }

  /// Where an id is, or where it would be put. There is always an empty place.
  private func place(of id: Int32) -> Int {
    let mask = ids.count - 1
    var place = Int(id >> 1) & mask
    while slots[place] != nil, ids[place] != id { place = (place + 1) & mask }
    return place
  }

  /// Moves back what was put after a place that is empty now, so that it is still found.
  private mutating func close(_ empty: Int) {
    let mask = ids.count - 1
    var empty = empty
    var place = (empty + 1) & mask
    while slots[place] != nil {
      let home = Int(ids[place] >> 1) & mask
      if (place - home) & mask >= (place - empty) & mask {
        ids[empty] = ids[place]
        slots[empty] = slots[place].take()
        empty = place
      }
      place = (place + 1) & mask
    }
  }

  private mutating func grow() {
    let (oldIDs, oldSlots) = (ids, slots)
    ids = Array(repeating: 0, count: 2 * oldIDs.count)
    slots = Array(repeating: nil, count: 2 * oldIDs.count)
    for (id, slot) in zip(oldIDs, oldSlots) {
      guard let slot else { continue }
      let place = place(of: id)
      ids[place] = id
      slots[place] = slot
    }
  }
}
