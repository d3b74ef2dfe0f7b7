import Foundation

/// A program started here: its standard output is read line by line, and its end tells what it used.
struct ChildProcess: Sendable {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Longer than any server drains.
  private static let patienceMilliseconds: Int32 = 15_000

  let processID: pid_t
  private let program: String
  private let output: Int32

  /// - Parameter command: the program's path and its arguments.
  init(_ command: [String]) throws {
    program = command.joined(separator: " ")
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(description: "no pipe: \(errno)") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    output = ends[0]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    // It must hear the signals that this process does not.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = command.map { strdup($0) } + [nil]
    var child: pid_t = -1
    let code = posix_spawn(&child, command[0], &actions, &attributes, &arguments, environ)
    posix_spawnattr_destroy(&attributes)
    processID = child
    for argument in arguments { free(argument) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    guard code == 0 else {
      close(output)
      throw Failure(description: "\(command[0]) does not start: \(String(cString: strerror(code)))")
    }
  }

  /// The next line of its output, without its end.
  func line(within seconds: Double) throws -> String {
    let deadline = ContinuousClock.now + .seconds(seconds)
    var bytes: [UInt8] = []
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&wait, 1, Int32(left) + 1) > 0 else {
        throw Failure(description: "\(program) printed no line within \(seconds) s")
      }
      var byte: UInt8 = 0
      guard read(output, &byte, 1) == 1 else {
        throw Failure(description: "\(program) ended without the expected line")
      }
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
  }

  /// Asks it to end, and waits until it has; one that does not is killed.
  func terminate() {
    kill(processID, SIGTERM)
    // Its output ends with it.
    var wait = pollfd(fd: output, events: 0, revents: 0)
    if poll(&wait, 1, Self.patienceMilliseconds) == 0 { kill(processID, SIGKILL) }
    _ = waitForEnd()
  }

  /// Waits for its end; the seconds of processor time that it used. Called once.
  func waitForEnd() -> Double {
    var status: Int32 = 0
    var use = rusage()
    while wait4(processID, &status, 0, &use) < 0, errno == EINTR {}
    close(output)
    return Self.seconds(use.ru_utime) + Self.seconds(use.ru_stime)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}
