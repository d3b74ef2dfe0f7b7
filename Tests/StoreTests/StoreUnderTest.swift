import Dispatch
import Foundation
import Logging
import Testing

@testable import Store

/// A store in a file of its own directory, with a table `note (id, text)`.
struct StoreUnderTest {
  static let applicationID: Int32 = 0x4457_7465
  static let logger = Logger(label: "store-tests") { _ in SwiftLogNoOpLogHandler() }
  static let schema = [
    Migration(
      "001 note", "CREATE TABLE note (id TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL) STRICT;")
  ]

  let directory: URL
  var path: String { directory.appendingPathComponent("test.db").path }

  static func with(_ body: (StoreUnderTest) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    try await body(StoreUnderTest(directory: directory))
  }

  func open(
    _ migrations: [Migration] = schema, applicationID: Int32 = Self.applicationID
  ) throws -> Store {
    try Store(
      .file(path), applicationID: applicationID, migrations: migrations, logger: Self.logger)
  }

  /// Opens, and closes at the end.
  static func withStore(_ body: (Store, StoreUnderTest) async throws -> Void) async throws {
    try await with { test in
      let store = try test.open()
      try await body(store, test)
      try store.close()
    }
  }

  /// The commits that the journal holds: frames that say how large the database is after them.
  /// Source: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
  func commitsInJournal() throws -> Int {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)-wal")))
    let (pageSize, headerSize) = (4096, 24)
    return stride(from: 32, to: bytes.count, by: pageSize + headerSize).filter { frame in
      bytes[(frame + 4)..<(frame + 8)].contains { $0 != 0 }
    }.count
  }

  /// Runs intents of kind `work` until the body ends.
  static func running(
    _ store: Store, concurrency: Int = 64, _ handler: @escaping IntentRunner.Handler,
    _ body: () async throws -> Void
  ) async throws {
    let runner = IntentRunner(
      store: store, logger: Self.logger, handlers: ["work": handler], concurrency: concurrency)
    let task = Task { await runner.run() }
    do {
      try await body()
    } catch {
      task.cancel()
      await task.value
      throw error
    }
    task.cancel()
    await task.value
  }
}

extension Store {
  func intents() async throws -> [Intent] {
    try await read {
      try $0.rows("SELECT * FROM intent ORDER BY kind, subject").map { Intent($0) }
    }
  }

  func insert(_ id: String, _ text: String = "text") async throws {
    try await write { try $0.insert(id, text) }
  }

  func ids() async throws -> [String] {
    try await read { try $0.rows("SELECT id FROM note ORDER BY id").map { $0.text("id") } }
  }

  /// Runs writes in one batch, in order: nothing is committed until all of them wait.
  func together(
    _ bodies: [@Sendable (Transaction) throws -> Void]
  ) async throws -> [Result<Void, any Error>] {
    let gate = DispatchSemaphore(value: 0)
    let (isHeld, held) = AsyncStream<Void>.makeStream()
    async let holder: Void = write { _ in
      held.finish()
      gate.wait()
    }
    for await _ in isHeld {}
    var tasks: [Task<Void, any Error>] = []
    for body in bodies {
      tasks.append(Task { try await self.write(body) })
      while writes.waitingCount < tasks.count { await Task.yield() }
    }
    gate.signal()
    try await holder
    var results: [Result<Void, any Error>] = []
    for task in tasks { results.append(await task.result) }
    return results
  }
}

extension Transaction {
  func insert(_ id: String, _ text: String = "text") throws {
    try run("INSERT INTO note (id, text) VALUES ($1, $2)", [.text(id), .text(text)])
  }
}

extension Result where Failure == any Error {
  var isSuccess: Bool { if case .success = self { true } else { false } }

  var storeError: StoreError? {
    if case .failure(let error) = self { error as? StoreError } else { nil }
  }

  var isUnavailable: Bool {
    if case .unavailable = storeError { true } else { false }
  }

  var isConstraint: Bool {
    if case .constraint = storeError { true } else { false }
  }
}
