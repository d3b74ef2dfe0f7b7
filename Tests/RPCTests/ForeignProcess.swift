import Foundation

/// A program that is talked to in lines. It ends when its input ends, at the latest with the test.
final class ForeignProcess: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// What it prints. For one reader.
  let lines: AsyncStream<String>
  private let input: FileHandle
  private let command: [String]

  init(_ command: [String]) throws {
    let (process, input, output) = (Process(), Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = input
    process.standardOutput = output
    let (lines, sink) = AsyncStream<String>.makeStream()
    try process.run()
    self.command = command
    self.lines = lines
    self.input = input.fileHandleForWriting
    // A thread of its own: the reads block.
    Thread.detachNewThread {
      let file = output.fileHandleForReading
      var rest = Data()
      while case let more = file.availableData, !more.isEmpty {
        rest += more
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          sink.yield(String(decoding: rest[..<end], as: UTF8.self))
          rest = Data(rest[rest.index(after: end)...])
        }
      }
      sink.finish()
    }
  }

  func say(_ line: String) throws { try input.write(contentsOf: Data("\(line)\n".utf8)) }

  /// Reads up to a line, of which the beginning is given, and gives what follows that.
  @discardableResult
  func wait(forLine beginning: String) async throws -> String {
    for await line in lines where line.hasPrefix(beginning) {
      return String(line.dropFirst(beginning.count))
    }
    throw Failure(description: "\(command) ended without the line \(beginning)")
  }

  /// Ends its input, and so the program.
  func end() { try? input.close() }
}
