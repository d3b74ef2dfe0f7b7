public import Foundation
public import Outside

/// One service's settings: declared once with their help, read from the environment and an optional
/// file, checked together.
///
/// **Invariant:** this is the only place that reads environment variables. A setting is declared by
/// asking for it; `finish()` then prints `--help`, or every problem at once, or lets the service start.
///
/// Precedence: flag, where the program has flags, environment variable, then the file named by `--config FILE` or `DROPWIRE_CONFIG`
/// (lines `NAME=value`, `#` starts a comment), then the default. Secrets are also looked up as
/// `$CREDENTIALS_DIRECTORY/NAME`, the way systemd hands them over.
public struct Settings {
  private struct Declaration {
    let name: String
    let help: String
    let shownDefault: String
  }

  public let service: String
  private let summary: String
  private let arguments: [String]
  private let environment: [String: String]
  private let flags: [String: String]
  private let hasDatabase: Bool
  private var given: [String: String] = [:]
  private var file: [String: String] = [:]
  private var declarations: [Declaration] = []
  private var problems: [String] = []

  /// - Parameters:
  ///   - flags: by flag, such as `--listen`, the setting that its value is for.
  ///   - hasDatabase: whether there are backups to verify and restore.
  public init(
    service: String, summary: String, flags: [String: String] = [:], hasDatabase: Bool = true,
    arguments: [String] = Array(CommandLine.arguments.dropFirst()),
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.service = service
    self.summary = summary
    self.arguments = arguments
    self.environment = environment
    self.flags = flags
    self.hasDatabase = hasDatabase
    checkArguments()
    readFile()
  }

  /// A text; an empty one counts as absent.
  public mutating func text(_ name: String, default fallback: String, help: String) -> String {
    declare(name, help, shownDefault: fallback)
    return value(name) ?? fallback
  }

  /// A text without default.
  public mutating func optionalText(_ name: String, help: String) -> String? {
    declare(name, help, shownDefault: "none")
    return value(name)
  }

  /// A secret: from the environment, or from the file of that name in `$CREDENTIALS_DIRECTORY`.
  public mutating func secret(_ name: String, help: String) -> Secret? {
    declare(name, help, shownDefault: "none")
    if let value = value(name) { return Secret(value) }
    guard let directory = environment["CREDENTIALS_DIRECTORY"],
      let text = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
    else { return nil }
    return Secret(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// A whole number in a range; the unit belongs into the name.
  public mutating func int(
    _ name: String, default fallback: Int, in range: ClosedRange<Int>, help: String
  ) -> Int {
    declare(name, help, shownDefault: String(fallback))
    guard let text = value(name) else { return fallback }
    guard let number = Int(text), range.contains(number) else {
      problems.append(
        "\(name) is \"\(text)\"; it must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
      return fallback
    }
    return number
  }

  /// true or false.
  public mutating func flag(_ name: String, default fallback: Bool, help: String) -> Bool {
    declare(name, help, shownDefault: String(fallback))
    guard let text = value(name) else { return fallback }
    switch text.lowercased() {
    case "true", "1", "yes", "on": return true
    case "false", "0", "no", "off": return false
    default:
      problems.append("\(name) is \"\(text)\"; it must be true or false")
      return fallback
    }
  }

  /// One of a closed list of words.
  public mutating func choice(
    _ name: String, default fallback: String, of words: [String], help: String
  ) -> String {
    declare(name, help, shownDefault: fallback)
    guard let text = value(name) else { return fallback }
    guard words.contains(text) else {
      problems.append("\(name) is \"\(text)\"; it must be one of \(words.joined(separator: ", "))")
      return fallback
    }
    return text
  }

  /// A problem that only the caller can see, reported together with the others.
  public mutating func reject(_ problem: String) {
    problems.append(problem)
  }

  /// Everything wrong so far.
  public var allProblems: [String] { problems }

  /// The text of `--help`.
  public var helpText: String {
    let flagged = flags.isEmpty ? "" : " [--FLAG VALUE]..."
    var lines = ["USAGE: \(service) [--config FILE]\(flagged) [--help]"]
    if hasDatabase {
      lines += [
        "       \(service) [--config FILE] --verify BACKUP    reads a backup from end to end",
        "       \(service) [--config FILE] --restore BACKUP   puts it in the database's place",
        "       \(service) [--config FILE] --stopped          fails while another one runs",
      ]
    }
    lines += [
      "", summary, "",
      "SETTINGS (environment variables, or lines NAME=value in the file of --config"
        + (flags.isEmpty ? "" : ", or flags where one is named") + "):",
    ]
    for declaration in declarations {
      let flag = flags.first { $0.value == declaration.name }.map { ", \($0.key)" } ?? ""
      lines.append("  \(declaration.name)\(flag)  (default: \(declaration.shownDefault))")
      lines.append("      \(declaration.help)")
    }
    return lines.joined(separator: "\n")
  }

  /// Ends the declarations: prints the help and exits 0 when it was asked for, prints every problem
  /// and exits 78 (EX_CONFIG) when there is one.
  public func finish() {
    if arguments.contains("--help") || arguments.contains("-h") {
      print(helpText)
      exit(0)
    }
    guard problems.isEmpty else {
      for problem in problems {
        FileHandle.standardError.write(Data("\(service): \(problem)\n".utf8))
      }
      exit(78)
    }
  }

  private func value(_ name: String) -> String? {
    if let text = given[name] ?? environment[name], !text.isEmpty { return text }
    if let text = file[name], !text.isEmpty { return text }
    return nil
  }

  /// A variable that is no setting of ours but shapes a default, such as `HOME`.
  func ambient(_ name: String) -> String? { environment[name] }

  private mutating func declare(_ name: String, _ help: String, shownDefault: String) {
    declarations.append(Declaration(name: name, help: help, shownDefault: shownDefault))
  }

  private mutating func checkArguments() {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--help", "-h": continue
      case "--list-steps" where hasDatabase, "--stopped" where hasDatabase: continue
      case "--config":
        if rest.popFirst() == nil { problems.append("\(argument) needs the name of a file") }
      case "--verify" where hasDatabase, "--restore" where hasDatabase:
        if rest.popFirst() == nil { problems.append("\(argument) needs the name of a file") }
      case let flag where flags[flag] != nil:
        let value = rest.popFirst()
        if value == nil { problems.append("\(flag) needs a value") }
        if let name = flags[flag] { given[name] = value }
      case let both where both.contains("=") && flags[String(both.prefix { $0 != "=" })] != nil:
        let halves = both.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if let name = flags[String(halves[0])] { given[name] = String(halves[1]) }
      default: problems.append("unknown argument \"\(argument)\"; see \(service) --help")
      }
    }
  }

  private mutating func readFile() {
    guard let path = argument("--config") ?? environment["DROPWIRE_CONFIG"] else { return }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      problems.append("the settings file \(path) cannot be read")
      return
    }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      guard let equals = trimmed.firstIndex(of: "=") else {
        problems.append("\(path), line \(number + 1): \"\(trimmed)\" is not NAME=value")
        continue
      }
      let name = trimmed[..<equals].trimmingCharacters(in: .whitespaces)
      file[name] = trimmed[trimmed.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    }
  }

  /// What follows an option.
  func argument(_ option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { index in
      arguments.indices.contains(index + 1) ? arguments[index + 1] : nil
    }
  }

  /// Whether the caller only asked whether the service runs.
  var wantsStopped: Bool { arguments.contains("--stopped") }

  /// Whether the caller asked for the list of crash points instead of a service.
  var wantsSteps: Bool { arguments.contains("--list-steps") }
}
