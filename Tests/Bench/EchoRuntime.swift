import Foundation

/// A server and a client of the echo, by one RPC runtime.
///
/// The server is run as `SERVER SOCKET` and prints `ready`. The client is run as
/// `CLIENT SOCKET IN_FLIGHT SECONDS` and prints what `EchoFigures` reads.
struct EchoRuntime: Sendable {
  static let ours = "dropwire"
  /// The references in the order of the table. Tests/Bench/references has their sources.
  static let references = ["floor", "grpc-cpp", "ttrpc-go", "grpc-go", "grpc-swift", "grpcio"]

  let name: String
  let server: [String]
  let client: [String]

  /// Ttrpc has a framing of its own.
  var isHTTP2: Bool { name != "ttrpc-go" }

  /// This program's own pair.
  static func ours(program: String) -> EchoRuntime {
    EchoRuntime(
      name: ours, server: [program, "echo-server"], client: [program, "echo-client"])
  }

  /// The references that were built into a folder.
  static func built(in folder: String) -> [EchoRuntime] {
    references.map {
      EchoRuntime(
        name: $0, server: ["\(folder)/\($0)-server"], client: ["\(folder)/\($0)-client"])
    }.filter { runtime in
      (runtime.server + runtime.client).allSatisfy(FileManager.default.isExecutableFile)
    }
  }

  /// Goes on without this runtime when it fails, and says so.
  func orLeftOut<T>(_ body: () throws -> T) -> T? {
    do {
      return try body()
    } catch {
      leftOut(error)
      return nil
    }
  }

  func leftOut(_ error: any Error) {
    FileHandle.standardError.write(Data("\(name) is left out: \(error)\n".utf8))
  }

  /// Starts the server and waits until it listens.
  func start(in folder: String) throws -> RunningEcho {
    let socket = "\(folder)/\(name).sock"
    unlink(socket)
    let process = try ChildProcess(server + [socket])
    do {
      let line = try process.line(within: 20)
      guard line == "ready" else {
        throw ChildProcess.Failure(description: "the server of \(name) printed: \(line)")
      }
    } catch {
      kill(process.processID, SIGKILL)
      _ = process.waitForEnd()
      throw error
    }
    return RunningEcho(runtime: self, socket: socket, server: process)
  }
}

/// A runtime's server that listens.
struct RunningEcho: Sendable {
  let runtime: EchoRuntime
  let socket: String
  let server: ChildProcess

  /// Runs the client once.
  func measure(inFlight: Int, seconds: Double) throws -> EchoFigures {
    let before = ProcessUse(of: server.processID).cpuSeconds
    let client = try ChildProcess(runtime.client + [socket, String(inFlight), String(seconds)])
    let line: String
    do {
      line = try client.line(within: seconds + 15)
    } catch {
      kill(client.processID, SIGKILL)
      _ = client.waitForEnd()
      throw error
    }
    let clientSeconds = client.waitForEnd()
    let serverSeconds = ProcessUse(of: server.processID).cpuSeconds - before
    guard
      let figures = EchoFigures(
        line: line, serverSeconds: serverSeconds, clientSeconds: clientSeconds)
    else { throw ChildProcess.Failure(description: "a client of \(runtime.name) printed: \(line)") }
    return figures
  }
}
