import ArgumentParser
import Contract
import RPC
import Runtime
import Synchronization

@testable import Client

/// A terminal whose `dropwire` reaches fake services inside the process.
final class Terminal: Sendable {
  /// How a command ended, and what it printed.
  struct Run: Equatable {
    var status: Int32 = 0
    var out = ""
    var complaints = ""
  }

  let services: FakeServices
  private let printed = Mutex((out: [UInt8](), complaints: ""))

  init(_ services: FakeServices = FakeServices()) { self.services = services }

  /// What was printed so far.
  var shown: String { printed.withLock { String(decoding: $0.out, as: UTF8.self) } }

  /// Runs a command as typed, without the program's name.
  func run(_ command: String) async throws -> Run {
    try await run(Self.words(command))
  }

  func run(_ words: [String]) async throws -> Run {
    printed.withLock { $0 = ([], "") }
    guard let verb = try DropwireMain.parseAsRoot(words) as? any Verb else {
      throw NoVerb(words: words)
    }
    var status: Int32 = 0
    do {
      try await verb.perform(in: session(verb.calling))
    } catch {
      status = error.rawValue
    }
    return printed.withLock { printed in
      Run(
        status: status, out: String(decoding: printed.out, as: UTF8.self),
        complaints: printed.complaints)
    }
  }

  struct NoVerb: Error {
    let words: [String]
  }

  private func session(_ calling: CallingOptions) -> Session {
    let actor = calling.actor ?? .operator("test")
    return Session(
      channels: services.channels,
      options: CallOptions(timeout: calling.patience).acting(as: actor),
      output: Output(
        write: { bytes in self.printed.withLock { $0.out += bytes } },
        complain: { text in self.printed.withLock { $0.complaints += text } }))
  }

  /// Splits a command as a shell does: at spaces outside of quotes, up to a redirection.
  static func words(_ command: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in command {
      switch (quote, character) {
      case (nil, "'"), (nil, "\""):
        quote = character
        word = word ?? ""
      case (let open?, _) where open == character: quote = nil
      case (nil, " "):
        if let word { words.append(word) }
        word = nil
      case (nil, ">"): return words
      default: word = (word ?? "") + String(character)
      }
    }
    return words + [word].compactMap(\.self)
  }
}
