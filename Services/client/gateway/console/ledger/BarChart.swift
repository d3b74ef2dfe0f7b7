/// Bars over and under an axis, as SVG that goes into a page. Pure.
///
/// **Invariant:** what a bar shows is also its text, and the chart's title says what all show; whoever
/// does not see it reads the table below. Lengths are whole pixels, the longest bar fits.
struct BarChart: Sendable {
  struct Bar: Sendable, Hashable {
    let label: String
    let value: Int64
    /// The value for people, such as `20.00 USD`.
    let shown: String
  }

  /// Pixels of the drawing, before the browser scales it.
  private static let widthMax = 640
  private static let widthMin = 320
  private static let slotMax = 104
  private static let plotHeight = 180
  private static let top = 24
  private static let bottom = 28
  private static let left = 8
  /// Of a letter, in pixels.
  private static let letter = 7
  /// Most of a slot that a bar takes, in hundredths.
  private static let share = 64

  let title: String
  let bars: [Bar]

  /// Few bars need less, so that they are seen at once on a phone.
  private var width: Int {
    min(Self.widthMax, max(Self.widthMin, bars.count * Self.slotMax + 2 * Self.left))
  }

  private var highest: UInt64 { UInt64(max(0, bars.map(\.value).max() ?? 0)) }
  private var lowest: UInt64 { min(0, bars.map(\.value).min() ?? 0).magnitude }

  /// From the top of the drawing to the axis.
  private var axis: Int { Self.top + Self.scaled(highest, span: span) }

  /// All that the plot's height shows.
  private var span: UInt64 {
    let (sum, isTooMuch) = highest.addingReportingOverflow(lowest)
    return max(1, isTooMuch ? .max : sum)
  }

  /// Empty without bars.
  var svg: String {
    guard !bars.isEmpty else { return "" }
    let height = Self.top + Self.plotHeight + Self.bottom
    let slot = (width - 2 * Self.left) / bars.count
    let drawn = bars.enumerated().map { index, bar in
      drawing(bar, from: Self.left + index * slot, slot: slot)
    }
    let kind = width == Self.widthMax ? "chart" : "chart few"
    return """
      <svg class="\(kind)" viewBox="0 0 \(width) \(height)" role="img" \
      aria-labelledby="chart-title"><title id="chart-title">\(Self.escaped(title))</title>\
      \(drawn.joined())\
      <line class="axis" x1="0" y1="\(axis)" x2="\(width)" y2="\(axis)"/></svg>
      """
  }

  private func drawing(_ bar: Bar, from x: Int, slot: Int) -> String {
    let isDown = bar.value < 0
    // What is not zero is seen.
    let length = max(bar.value == 0 ? 0 : 1, Self.scaled(bar.value.magnitude, span: span))
    let width = max(1, min(slot, Self.slotMax) * Self.share / 100)
    let start = x + (slot - width) / 2
    let (y, middle) = (isDown ? axis : axis - length, x + slot / 2)
    let valueY = isDown ? axis + length + 14 : axis - length - 6
    let labelY = Self.top + Self.plotHeight + Self.bottom - 6
    let isRoomy = bar.shown.count * Self.letter <= slot
    let value =
      isRoomy
      ? "<text x=\"\(middle)\" y=\"\(min(valueY, labelY - 14))\" text-anchor=\"middle\">"
        + "\(Self.escaped(bar.shown))</text>" : ""
    let label = Self.shortened(bar.label, to: max(1, (slot - Self.letter) / Self.letter))
    return "<g><title>\(Self.escaped("\(bar.label): \(bar.shown)"))</title>"
      + "<rect class=\"\(isDown ? "down" : "up")\" x=\"\(start)\" y=\"\(y)\" width=\"\(width)\" "
      + "height=\"\(length)\"/>\(value)"
      + "<text x=\"\(middle)\" y=\"\(labelY)\" text-anchor=\"middle\">\(Self.escaped(label))</text>"
      + "</g>"
  }

  /// Pixels of the plot for a value.
  private static func scaled(_ value: UInt64, span: UInt64) -> Int {
    let product = value.multipliedFullWidth(by: UInt64(plotHeight))
    // A value is never more than the span, so the quotient fits.
    return value >= span ? plotHeight : Int(span.dividingFullWidth(product).quotient)
  }

  /// The end of a label is what tells it from others.
  static func shortened(_ label: String, to letters: Int) -> String {
    label.count <= letters ? label : "…" + label.suffix(max(1, letters - 1))
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
