import Foundation

/// Where the program's lines go: answers to standard output, complaints to standard error.
struct Output: Sendable {
  let write: @Sendable ([UInt8]) -> Void
  let complain: @Sendable (String) -> Void

  /// The process' own streams, written at once so that a reader of a watch sees each line. A reader
  /// that has gone away has seen enough.
  static let standard = Output(
    write: { try? FileHandle.standardOutput.write(contentsOf: Data($0)) },
    complain: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) })

  func line(_ text: String) { write(Array((text + "\n").utf8)) }

  func complaint(_ complaint: Complaint) { complain("dropwire: \(complaint.text)\n") }
}
