import Foundation
import Synchronization

/// A named place at which a test may have the process killed, to prove that a restart loses nothing.
///
/// Debug builds only: `DROPWIRE_CRASH_AT=STEP` or `STEP:3` sends SIGKILL to the process the first or
/// third time that the step is reached. A release build contains none of it.
public enum CrashPoint {
  #if DEBUG
    /// The step, and at which of its times.
    private static let plan: (step: String, time: Int)? = {
      guard let text = ProcessInfo.processInfo.environment["DROPWIRE_CRASH_AT"] else { return nil }
      let parts = text.split(separator: ":", maxSplits: 1)
      guard let step = parts.first else { return nil }
      return (String(step), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()

    private static let times = Atomic<Int>(0)
  #endif

  /// Marks that a step was reached.
  public static func reached<Step: RawRepresentable<String>>(_ step: Step) {
    #if DEBUG
      guard let plan, plan.step == step.rawValue else { return }
      let (_, time) = times.add(1, ordering: .sequentiallyConsistent)
      if time == plan.time { kill(getpid(), SIGKILL) }
    #endif
  }
}
