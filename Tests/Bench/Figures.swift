/// The figures of a benchmark: a table for people, or one line per figure for programs.
struct Figures {
  private var lines: [(name: String, value: String, unit: String)] = []

  mutating func add(_ name: String, _ value: Double, _ unit: String, decimals: Int = 1) {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    lines.append((name, decimals == 0 ? String(Int(rounded)) : String(rounded), unit))
  }

  /// `name TAB value TAB unit`.
  func printTSV() {
    for line in lines { print("\(line.name)\t\(line.value)\t\(line.unit)") }
  }

  func printTable() {
    let nameWidth = lines.map(\.name.count).max() ?? 0
    let valueWidth = lines.map(\.value.count).max() ?? 0
    for line in lines {
      let name = line.name + String(repeating: " ", count: nameWidth - line.name.count)
      let value = String(repeating: " ", count: valueWidth - line.value.count) + line.value
      print("\(name)  \(value)  \(line.unit)")
    }
  }
}

/// The value in the middle; 0 for none.
func median(_ values: [Double]) -> Double { percentile(values, 0.5) }

/// The value below which a share of all values lies; 0 for none.
func percentile(_ values: [Double], _ share: Double) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
}
