/// How long things may be.
enum SizeRules {
  static let fileLinesMax = 300
  static let medianLinesMax = 120
  static let functionLinesMax = 50

  static func lines(_ text: String) -> Int {
    text.split(separator: "\n", omittingEmptySubsequences: false).count
      - (text.hasSuffix("\n") ? 1 : 0)
  }

  static func longFile(_ file: SourceFile) -> [Finding] {
    let count = lines(file.text)
    guard count > fileLinesMax else { return [] }
    return [
      Finding(path: file.path, line: 0, text: "has \(count) lines, at most \(fileLinesMax)")
    ]
  }

  static func median(_ counts: [Int]) -> Int {
    let sorted = counts.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// Functions and initialisers whose braces are too far apart.
  static func longFunctions(_ path: String, _ code: SwiftCode) -> [Finding] {
    let start = /\bfunc\b|\binit\b[?]?\s*[(<]/.plain
    return code.lines.indices.compactMap { index in
      let line = code.lines[index]
      guard line.has("func") || line.has("init"),
        let match = line.firstMatch(of: start),
        let opening = opening(code.lines, from: index, after: match.range.upperBound)
      else { return nil }
      let closing = closing(code.lines, of: opening)
      let count = closing - opening.line + 1
      guard count > functionLinesMax else { return nil }
      return Finding(
        path: path, line: index + 1,
        text: "the function has \(count) lines, at most \(functionLinesMax)")
    }
  }

  private typealias Place = (line: Int, column: Int)

  /// The brace that opens the body; nil for a requirement of a protocol, or a call of an init.
  private static func opening(_ lines: [String], from first: Int, after start: String.Index)
    -> Place?
  {
    var depth = lines[first][..<start].hasSuffix("(") ? 1 : 0
    for line in first..<min(first + 20, lines.count) {
      let text = Array(lines[line].utf8)
      let from = line == first ? lines[first][..<start].utf8.count : 0
      let isContinued = depth > 0 || line == first || continues(lines[line])
      guard isContinued else { return nil }
      for column in from..<max(from, text.count) {
        switch text[column] {
        case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "{") where depth == 0: return (line, column)
        case UInt8(ascii: "}") where depth == 0: return nil
        default: break
        }
      }
      if depth < 0 { return nil }
    }
    return nil
  }

  private static func continues(_ line: String) -> Bool {
    let start = line.drop { $0 == " " }
    return ["->", "{", ")", "async", "throws", "rethrows", "where"].contains { start.hasPrefix($0) }
  }

  private static func closing(_ lines: [String], of opening: Place) -> Int {
    var depth = 0
    for line in opening.line..<lines.count {
      let text = lines[line].utf8.dropFirst(line == opening.line ? opening.column : 0)
      for byte in text {
        if byte == UInt8(ascii: "{") { depth += 1 }
        if byte == UInt8(ascii: "}") { depth -= 1 }
        if depth == 0 { return line }
      }
    }
    return lines.count - 1
  }
}
