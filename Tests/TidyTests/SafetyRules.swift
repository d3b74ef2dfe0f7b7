/// What may crash, lose cents or hide a race.
enum SafetyRules {
  /// Binary floating point stays away from money.
  static func floatingPoint(_ path: String, _ code: SwiftCode) -> [Finding] {
    guard path.hasPrefix("Shared/Money/") || path.hasPrefix("Services/") else { return [] }
    return code.matches(of: /\b(Double|Float|CGFloat|Float16|Float80)\b/).map {
      Finding(path: path, line: $0.line, text: "binary floating point near money")
    }
  }

  /// `try!`, `as!` and forced unwrapping.
  static func forced(_ path: String, _ code: SwiftCode) -> [Finding] {
    code.matches(of: /\b(try|as)[!]|[A-Za-z0-9_)\]][!](?!=)/, with: "!").map {
      Finding(path: path, line: $0.line, text: "what may fail is forced")
    }
  }

  /// A promise to the compiler needs the sentence that makes it true, next to it.
  static func baselessPromises(_ path: String, _ code: SwiftCode) -> [Finding] {
    code.matches(of: /@unchecked\s+Sendable/, with: "@unchecked").filter {
      !code.isExplained($0.line)
    }.map {
      Finding(path: path, line: $0.line, text: "@unchecked Sendable without its reason")
    }
  }

  /// Tests wait for an event, a row or a line, with a deadline; the one loop for it is shared. A
  /// sleep that plays something slow says so; one of a minute or more plays something endless.
  static func sleeps(_ path: String, _ code: SwiftCode) -> [Finding] {
    guard path.contains(/^Tests\/\w+Tests\//) else { return [] }
    let sleep = /\b(Task\.sleep|Thread\.sleep|u?sleep\s*\()/
    let endless = /\.seconds\(([6-9]\d|\d{3,})\)/
    return code.matches(of: sleep, with: "leep").filter { match in
      !code.isExplained(match.line) && !match.text.contains(endless)
    }.map {
      Finding(path: path, line: $0.line, text: "a test sleeps; wait for what must happen")
    }
  }

  /// A test's name is a sentence.
  static func namelessTests(_ path: String, _ source: String) -> [Finding] {
    let nameless = /@Test\b.*\bfunc\s+\w/.plain
    return source.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      index, line in
      guard line.has("@Test"), line.contains(nameless) else { return nil }
      return Finding(path: path, line: index + 1, text: "the test's name is no sentence")
    }
  }
}
