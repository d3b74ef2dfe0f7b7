import Synchronization

/// Counts who watches live updates, so that nobody takes all the room.
final class Viewers: Sendable {
  private let max: Int
  private let maxOfOne: Int
  private let open = Mutex<[String: Int]>([:])

  init(max: Int, maxOfOne: Int) {
    self.max = max
    self.maxOfOne = maxOfOne
  }

  /// Opens one for a client; it is given back by `leave`.
  func enter(_ client: String) throws(DoorError) {
    let hasRoom = open.withLock { open in
      let ofOne = open[client] ?? 0
      guard ofOne < maxOfOne, open.values.reduce(0, +) < max else { return false }
      open[client] = ofOne + 1
      return true
    }
    if !hasRoom { throw .tooManyViewers }
  }

  func leave(_ client: String) {
    open.withLock { open in
      let left = (open[client] ?? 1) - 1
      open[client] = left > 0 ? left : nil
    }
  }
}
