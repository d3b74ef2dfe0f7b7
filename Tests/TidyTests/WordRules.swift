/// Words that may not be used, and where.
enum WordRules {
  /// Types whose name says nothing about what they are.
  static func vagueTypes(_ path: String, _ code: SwiftCode) -> [Finding] {
    types(code).filter { type in
      ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl", "Info", "Data"].contains {
        type.name.hasSuffix($0)
      }
    }.map { Finding(path: path, line: $0.line, text: "\($0.name) ends in a vague word") }
  }

  /// The store is what its module is, and nothing else in the module needs qualifying.
  private static let eponymous: Set<String> = ["Store"]

  /// A type with its module's name hides the module.
  static func typesNamedAsTheirModule(_ path: String, _ code: SwiftCode) -> [Finding] {
    let parts = path.split(separator: "/")
    guard parts.count > 2 else { return [] }
    let module = parts[1].prefix(1).uppercased() + parts[1].dropFirst()
    return types(code).filter {
      $0.name == module && $0.indent == 0 && !eponymous.contains($0.name)
    }.map {
      Finding(path: path, line: $0.line, text: "\($0.name) is the module's own name")
    }
  }

  static func types(_ code: SwiftCode) -> [(line: Int, name: String, indent: Int)] {
    let declaration = /\b(?:struct|class|enum|actor|protocol|typealias)\s+([A-Z]\w*)/.plain
    let importing = /\bimport\b/.plain
    let words = ["struct ", "class ", "enum ", "actor ", "protocol ", "typealias "]
    return code.lines.enumerated().compactMap { index, line in
      guard words.contains(where: { line.has($0) }),
        let match = line.firstMatch(of: declaration), !line.contains(importing)
      else { return nil }
      return (index + 1, String(match.1), line.prefix { $0 == " " }.count)
    }
  }

  /// Methods of the contract are named by words of the domain.
  static func vagueMethods(_ file: SourceFile) -> [Finding] {
    let vague = /^\s*rpc\s+(Process|Handle|Manage|Do)[A-Z(]/
    return numbered(file).filter { $0.text.contains(vague) }.map {
      Finding(path: file.path, line: $0.line, text: "the method's verb says nothing")
    }
  }

  /// Work that somebody meant to do.
  static func unfinished(_ file: SourceFile) -> [Finding] {
    let marks = ["TO" + "DO", "FIX" + "ME"]
    return lines(of: file, with: marks).map {
      Finding(path: file.path, line: $0, text: "unfinished work is marked")
    }
  }

  /// Packages come from their ordinary clients; nothing here names a registry's address.
  static func registries(_ file: SourceFile) -> [Finding] {
    let hosts = [
      "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com",
      "crates" + ".io", "proxy.golang" + ".org", "rubygems" + ".org", "deb.debian" + ".org",
    ]
    return lines(of: file, with: hosts).map {
      Finding(path: file.path, line: $0, text: "the address of a package registry")
    }
  }

  /// A log message is one static sentence; what varies is metadata.
  static func varyingLogMessages(_ file: SourceFile) -> [Finding] {
    let level = /[lL]ogger\.(trace|debug|info|notice|warning|error|critical)\(\s*"[^"]*\\\(/
    guard file.text.has("ogger.") else { return [] }
    return numbered(file).filter { $0.text.contains(level) }.map {
      Finding(path: file.path, line: $0.line, text: "the log message is not static")
    }
  }

  /// Numbers of the lines that have one of several words. Most files have none.
  private static func lines(of file: SourceFile, with words: [String]) -> [Int] {
    let found = words.filter { file.text.contains($0) }
    if found.isEmpty { return [] }
    return numbered(file).filter { line in found.contains { line.text.contains($0) } }.map(\.line)
  }

  private static func numbered(_ file: SourceFile) -> [(line: Int, text: Substring)] {
    file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
      ($0.offset + 1, $0.element)
    }
  }
}
