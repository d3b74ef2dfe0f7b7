/// First in, first out.
struct Fifo<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    let element = elements[head]
    elements[head] = nil
    head += 1
    if head > 32, head * 2 > elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }

  mutating func popFirst(_ countMax: Int) -> [Element] {
    var taken: [Element] = []
    taken.reserveCapacity(min(count, countMax))
    while taken.count < countMax, let element = popFirst() { taken.append(element) }
    return taken
  }
}
