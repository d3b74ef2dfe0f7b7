import Foundation
import Glibc
import Synchronization

/// A program in a process group of its own, that does not outlive this process.
///
/// A shell leads the group and waits at a pipe whose other end is ours alone: when that closes, since
/// we ended it or because this process died in any way, the shell kills the whole group.
final class ProcessGroup: Sendable {
  private static let guardian = #""$@" </dev/null & read -r line; kill -s KILL -- "-$$""#

  /// Chromium makes a socket in a directory of its own there, and ends at once when the path exceeds
  /// the 107 bytes that Linux allows.
  private static let temporaryMax = 60

  /// No other program may inherit our end of a pipe before it is marked as ours.
  private static let starting = Mutex(())

  /// The leader's process id, which is the group's.
  let id: Int32
  private let pipe: Int32

  /// Starts a program; what it prints goes to a file.
  ///
  /// - Throws: `BrowserFailure.notInstalled`.
  init(_ program: String, _ arguments: [String], home: String, outputPath: String) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw BrowserFailure.notInstalled("\(program) is not installed")
    }
    let words = ["/bin/sh", "-c", Self.guardian, "browser", program] + arguments
    let environment = [
      "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=\(home)", "LANG=C.UTF-8",
      "TMPDIR=\(home.utf8.count > Self.temporaryMax ? "/tmp" : home)",
    ]
    (id, pipe) = try Self.starting.withLock { _ in
      var ends: [Int32] = [0, 0]
      guard Glibc.pipe(&ends) == 0 else {
        throw BrowserFailure.broken("no pipe: \(String(cString: strerror(errno)))")
      }
      defer { close(ends[0]) }
      Self.keepOpenFiles()
      do {
        let id = try Self.spawn(words, environment, input: ends[0], outputPath: outputPath)
        return (id, ends[1])
      } catch {
        close(ends[1])
        throw error
      }
    }
  }

  /// Lets no program inherit what this process has open beyond its standard streams, such as what
  /// came from its own parent.
  private static func keepOpenFiles() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for file in names.compactMap({ Int32($0) }) where file > STDERR_FILENO {
      _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    }
  }

  private static func spawn(
    _ words: [String], _ environment: [String], input: Int32, outputPath: String
  ) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup($0) } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var id: Int32 = 0
    let code = posix_spawn(&id, words[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else {
      throw BrowserFailure.broken("\(words[4]) cannot start: \(String(cString: strerror(code)))")
    }
    return id
  }

  /// Kills all of the group, and waits for the leader's end.
  func end() {
    kill(-id, SIGKILL)
    close(pipe)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0 && errno == EINTR {}
  }
}
