import Foundation

/// Swift source with its comments, texts and raw identifiers blanked, so that rules see code alone.
///
/// Lines stay where they are. A text's interpolations are blanked with it.
struct SwiftCode: Sendable {
  let lines: [String]
  /// The lines' comments, by index.
  let comments: [Int: String]

  init(_ source: String) {
    var scanner = Scanner(bytes: Array(source.utf8))
    scanner.run()
    lines = String(decoding: scanner.bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    comments = scanner.comments
  }

  /// Indices and texts of the lines that match.
  ///
  /// - Parameter word: What every line that matches has.
  func matches(of pattern: some RegexComponent, with word: String? = nil)
    -> [(line: Int, text: String)]
  {
    let plain = pattern.plain
    return lines.enumerated().compactMap { index, line in
      guard word.map({ line.has($0) }) ?? true, line.contains(plain) else { return nil }
      return (index + 1, line)
    }
  }

  /// Whether the line, or one of the six above it, has a comment of more than three words.
  func isExplained(_ line: Int) -> Bool {
    (max(0, line - 7)...(line - 1)).contains { index in
      (comments[index] ?? "").split(separator: " ").count > 3
    }
  }
}

extension StringProtocol {
  /// Whether the word is somewhere in it. Far quicker than `contains` and patterns, which are tried on
  /// what has the word alone.
  func has(_ word: String) -> Bool { withCString { strstr($0, word) != nil } }
}

extension RegexComponent {
  /// The pattern with `\b` as programs have it: between a letter, digit or underscore and the rest.
  var plain: Regex<RegexOutput> { regex.wordBoundaryKind(.simple) }
}

private struct Scanner {
  var bytes: [UInt8]
  var comments: [Int: String] = [:]
  private var position = 0
  private var line = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func run() {
    while position < bytes.count { step() }
  }

  private mutating func step() {
    switch bytes[position] {
    case UInt8(ascii: "/") where starts(with: "//"):
      comment { $0.current == UInt8(ascii: "\n") }
    case UInt8(ascii: "/") where starts(with: "/*"):
      comment { $0.takeEnd("*/") }
    case UInt8(ascii: "#"):
      guard let hashes = rawTextHashes() else { return advance() }
      position += hashes
      text(hashes: hashes)
    case UInt8(ascii: "\""): text(hashes: 0)
    case UInt8(ascii: "`"):
      blank()
      while let byte = current, byte != UInt8(ascii: "`") { blank() }
      blank()
    default: advance()
    }
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { wanted in
      position + wanted.count <= bytes.count
        && wanted.indices.allSatisfy { bytes[position + $0] == wanted[$0] }
    }
  }

  private mutating func advance() {
    if current == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func blank() {
    guard let byte = current else { return }
    if byte != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
    advance()
  }

  private mutating func takeEnd(_ end: StaticString) -> Bool {
    guard starts(with: end) else { return false }
    for _ in 0..<end.utf8CodeUnitCount { blank() }
    return true
  }

  private mutating func comment(isOver: (inout Scanner) -> Bool) {
    while position < bytes.count, !isOver(&self) {
      comments[line, default: ""].unicodeScalars.append(Unicode.Scalar(bytes[position]))
      blank()
    }
  }

  /// The number of `#` before a raw text; nil when no quote follows them.
  private func rawTextHashes() -> Int? {
    let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
    let next = position + hashes
    return next < bytes.count && bytes[next] == UInt8(ascii: "\"") ? hashes : nil
  }

  /// Blanks a text from its first quote to its last.
  private mutating func text(hashes: Int) {
    let quotes = starts(with: "\"\"\"") ? 3 : 1
    for _ in 0..<quotes { blank() }
    while let byte = current {
      if byte == UInt8(ascii: "\\"), escape(hashes: hashes) { continue }
      if byte == UInt8(ascii: "\""), isEnd(quotes: quotes, hashes: hashes) {
        for _ in 0..<(quotes + hashes) { blank() }
        return
      }
      blank()
    }
  }

  private func isEnd(quotes: Int, hashes: Int) -> Bool {
    let end =
      Array(repeating: UInt8(ascii: "\""), count: quotes)
      + Array(repeating: UInt8(ascii: "#"), count: hashes)
    return bytes[position...].starts(with: end)
  }

  /// Blanks a backslash and what it escapes; an interpolation up to its closing parenthesis.
  private mutating func escape(hashes: Int) -> Bool {
    let marks = Array(repeating: UInt8(ascii: "#"), count: hashes)
    guard bytes[(position + 1)...].starts(with: marks) else { return false }
    for _ in 0...hashes { blank() }
    guard current == UInt8(ascii: "(") else {
      blank()
      return true
    }
    var depth = 0
    repeat {
      if current == UInt8(ascii: "\"") {
        text(hashes: 0)
        continue
      }
      if current == UInt8(ascii: "(") { depth += 1 }
      if current == UInt8(ascii: ")") { depth -= 1 }
      blank()
    } while depth > 0 && position < bytes.count
    return true
  }
}
