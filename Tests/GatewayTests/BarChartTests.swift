import Testing

@testable import Gateway

/// The drawing of profits.
struct BarChartTests {
  private func chart(_ values: Int64...) -> BarChart {
    BarChart(
      title: "Profit",
      bars: values.enumerated().map { .init(label: "m\($0)", value: $1, shown: "\($1)") })
  }

  /// Of every bar, in the order of drawing: its class, its upper edge and its height.
  private func bars(_ svg: String) -> [String] {
    svg.matches(of: /<rect class="(up|down)" x="\d+" y="(\d+)" width="\d+" height="(\d+)"/).map {
      "\($0.1) \($0.2)+\($0.3)"
    }
  }

  private func axis(_ svg: String) -> String {
    svg.firstMatch(of: /<line class="axis" x1="0" y1="(\d+)"/).map { String($0.1) } ?? ""
  }

  @Test func `bars stand on the axis and hang from it, to one scale`() {
    let svg = chart(300, 0, -100, 150).svg
    // 180 pixels show 300 up and 100 down.
    #expect(axis(svg) == "159")
    #expect(bars(svg) == ["up 24+135", "up 159+0", "down 159+45", "up 92+67"])
  }

  @Test func `losses alone hang from the top, profits alone stand on the ground`() {
    #expect(axis(chart(-5, -10).svg) == "24")
    #expect(bars(chart(-5, -10).svg) == ["down 24+90", "down 24+180"])
    #expect(axis(chart(5, 10).svg) == "204")
    #expect(axis(chart(0).svg) == "24")
  }

  @Test func `what is small is still seen, and what is huge fits`() {
    #expect(bars(chart(1_000_000, 1).svg) == ["up 24+180", "up 203+1"])
    #expect(bars(chart(.max, .min).svg) == ["up 24+89", "down 113+90"])
  }

  @Test func `every bar says its value, and the drawing has a name`() {
    let svg = BarChart(
      title: "Profit & loss", bars: [.init(label: "<2026>", value: 5, shown: "5.00")]
    ).svg
    #expect(svg.contains(#"role="img" aria-labelledby="chart-title""#))
    #expect(svg.contains(#"<title id="chart-title">Profit &amp; loss</title>"#))
    #expect(svg.contains("<title>&lt;2026&gt;: 5.00</title>"))
    #expect(!svg.contains("style="), "the pages' policy lets no style be inline")
  }

  @Test func `few bars are drawn small, and no bar is fat`() {
    #expect(chart(5).svg.contains(#"viewBox="0 0 320 232""#))
    #expect(chart(5).svg.contains(#"width="66""#))
    #expect(chart(1, 2, 3, 4, 5, 6, 7).svg.contains(#"viewBox="0 0 640 232""#))
  }

  @Test func `a label that has no room keeps its end`() {
    #expect(BarChart.shortened("2026-11", to: 7) == "2026-11")
    #expect(BarChart.shortened("1005001000000001", to: 6) == "…00001")
    #expect(chart().svg.isEmpty)
  }
}
