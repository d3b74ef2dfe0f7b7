import Foundation

/// Where the program's lines go: answers to standard output, complaints to standard error.
struct Output: Sendable {
  let write: @Sendable ([UInt8]) -> Void
  let complain: @Sendable (String) -> Void
  /// Whether a person looks at the answers as they come.
  var isTerminal = false

  /// The process' own streams, written at once so that a reader of a watch sees each line. A reader
  /// that has gone away has seen enough.
  static let standard = Output(
    write: { try? FileHandle.standardOutput.write(contentsOf: Data($0)) },
    complain: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) },
    isTerminal: isatty(STDOUT_FILENO) == 1)

  func line(_ text: String) { write(Array((text + "\n").utf8)) }

  /// A text that takes the place of the one before: on a terminal it begins at the top, elsewhere it
  /// is set off by an empty line.
  func screen(_ text: String) {
    line(isTerminal ? "\u{1B}[H\u{1B}[2J" + text : text + "\n")
  }

  func complaint(_ complaint: Complaint) { complain("dropwire: \(complaint.text)\n") }
}
