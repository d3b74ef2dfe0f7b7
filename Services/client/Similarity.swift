/// How alike two words are.
enum Similarity {
  /// At most so many names are proposed.
  static let namesMax = 3

  /// What to say about a name that is not there.
  static func hint(_ text: String, among names: [String], list command: String) -> String {
    let close = closest(to: text, among: names)
    return close.isEmpty
      ? "\(command) shows all" : "did you mean \(close.joined(separator: " or "))?"
  }

  /// The names within reach of a typing error, the closest first.
  static func closest(to text: String, among names: [String]) -> [String] {
    let reach = max(2, text.count / 3)
    let ranked = names.map { (name: $0, distance: distance($0.lowercased(), text.lowercased())) }
    let isPart = { (name: String) in
      text.count >= 3 && name.lowercased().contains(text.lowercased())
    }
    return ranked.filter { $0.distance <= reach || isPart($0.name) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(namesMax).map(\.name)
  }

  /// How many letters must be put in, taken out or changed.
  static func distance(_ first: String, _ second: String) -> Int {
    let (first, second) = (Array(first), Array(second))
    var row = Array(0...second.count)
    for (index, letter) in first.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in second.indices {
        let change = diagonal + (letter == second[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(change, diagonal + 1, row[column] + 1)
      }
    }
    return row[second.count]
  }
}
