/// Where things are.
enum LayoutRules {
  static let topLevel: Set<String> = [
    "Package.swift", "README.md", "Proto", "Services", "Shared", "Tests", "compose",
  ]
  /// What building leaves there; it is not committed.
  static let leftBehind: Set<String> = ["Package.resolved"]

  static func strangers(atTopLevel names: [String]) -> [String] {
    names.filter { !$0.hasPrefix(".") && !topLevel.contains($0) && !leftBehind.contains($0) }
  }

  static let vagueFolders: Set<String> = [
    "common", "core", "utilities", "utils", "helpers", "base", "misc",
  ]

  /// Folders whose name says nothing. A package of the contract has the name it has.
  static func vagueFolders(_ files: [SourceFile]) -> [Finding] {
    files.filter { !$0.path.hasPrefix("Proto/") && !$0.isGenerated }.flatMap { file in
      file.path.split(separator: "/").dropLast()
        .filter { vagueFolders.contains($0.lowercased()) }
        .map { Finding(path: file.path, line: 0, text: "\($0) is no word of the domain") }
    }
  }

  /// Prose is in README.md files only.
  static func strayProse(_ files: [SourceFile]) -> [Finding] {
    files.filter { file in
      let name = file.path.split(separator: "/").last ?? ""
      let isProse = [".md", ".txt", ".rst", ".adoc"].contains { name.hasSuffix($0) }
      return isProse && name != "README.md"
    }.map { Finding(path: $0.path, line: 0, text: "prose belongs into a README.md") }
  }
}
