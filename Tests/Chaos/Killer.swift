import Foundation
import Support

/// Kills one service again and again, at random instants and at its named steps, and starts it again.
struct Killer: Sendable {
  /// How long a service is left to reach the step at which it is to die.
  private static let stepPatience = Duration.seconds(3)
  private static let startPatience = Duration.seconds(30)

  let cluster: Cluster
  let service: Cluster.ServiceName
  let steps: [String]
  /// Between two kills, on average.
  let pause: Duration
  /// What it is started with, besides what all services are.
  let environment: [String: String]
  let notes: Notes

  /// Goes on until the killing is over, and leaves the service running without a step to die at.
  func goOn(_ generator: SeededGenerator) async {
    var generator = generator
    var deck = Deck(steps)
    while true {
      await rest(pause * Double.random(in: 0.3..<1.7, using: &generator))
      if notes.isKillingOver { return }
      let step = generator.happens(0.6) ? deck.deal(using: &generator) : nil
      let time = Int.random(in: 1...3, using: &generator)
      let downtime = Duration.milliseconds(Int.random(in: 0...200, using: &generator))
      await kill()
      await rest(downtime)
      if let step {
        await start(["DROPWIRE_CRASH_AT": "\(step):\(time)"])
        await waitForStep(step)
      }
      await start([:])
    }
  }

  private func kill() async {
    notes.killed(service.rawValue, at: milliseconds())
    await cluster.kill(service)
  }

  /// Lets the armed process die at its step, or kills it when it does not come there in time.
  private func waitForStep(_ step: String) async {
    let deadline = ContinuousClock.now + Self.stepPatience
    while ContinuousClock.now < deadline, !notes.isKillingOver {
      guard let program = cluster.program(service) else { return }
      if isGone(program) {
        let exit = await program.waitForExit()
        if exit.status == SIGKILL, exit.bySignal {
          notes.killed(service.rawValue, at: milliseconds(), step: step)
        } else {
          notes.violated("\(service.rawValue) ended by itself with \(exit)")
        }
        await cluster.kill(service)
        return
      }
      await rest(.milliseconds(10))
    }
    await kill()
  }

  private func start(_ more: [String: String]) async {
    do {
      let program = try cluster.spawn(
        service, environment: environment.merging(more) { _, new in new })
      let deadline = ContinuousClock.now + Self.startPatience
      while !program.ownLog.contains("ready ") {
        // A step may be reached before the process says that it is ready.
        if isGone(program) {
          if more.isEmpty { notes.violated("\(service.rawValue) does not start again") }
          return
        }
        if ContinuousClock.now > deadline {
          return notes.violated("\(service.rawValue) is not ready in time")
        }
        await rest(.milliseconds(10))
      }
    } catch {
      notes.violated("\(service.rawValue) cannot be started: \(error)")
    }
  }

  /// Waits, but not past the end of the killing.
  private func rest(_ duration: Duration) async {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {
      try? await Task.sleep(for: min(.milliseconds(100), end - .now))
      if notes.isKillingOver && duration > .milliseconds(10) { return }
    }
  }

  private func isGone(_ program: Program) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(program.processID)/stat", encoding: .utf8)
    guard let status else { return true }
    // The state follows the name in parentheses.
    return status[(status.lastIndex(of: ")") ?? status.startIndex)...].dropFirst(2).first == "Z"
  }
}
