/// A family of samples: its name, its kind, and what it means.
///
/// Names follow https://prometheus.io/docs/practices/naming/: base units, `_total` for counters; those
/// that begin with `process_` are the ones that every Prometheus client has.
struct PrometheusFamily: Sendable {
  enum Kind: String, Sendable {
    case counter, gauge, histogram, summary
  }

  let name: String
  let kind: Kind
  let help: String

  private init(_ name: String, _ kind: Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }

  /// The families of one side of calls between the services.
  struct Side: Sendable {
    let started, ended, inFlight, received, sent, duration: PrometheusFamily

    fileprivate init(_ side: String, _ whose: String) {
      let prefix = "dropwire_rpc_\(side)"
      started = .init("\(prefix)_started_total", .counter, "Calls \(whose) that began.")
      ended = .init("\(prefix)_handled_total", .counter, "Calls \(whose) that ended, by status.")
      inFlight = .init("\(prefix)_in_flight", .gauge, "Calls \(whose) that have not ended.")
      received = .init(
        "\(prefix)_received_bytes_total", .counter, "Bytes of messages received in calls \(whose).")
      sent = .init(
        "\(prefix)_sent_bytes_total", .counter, "Bytes of messages sent in calls \(whose).")
      duration = .init(
        "\(prefix)_duration_seconds", .histogram,
        "From the beginning of calls \(whose) to their end.")
    }

    static let served = Side("server", "that the process serves")
    static let called = Side("client", "that the process makes")

    fileprivate var all: [PrometheusFamily] {
      [started, ended, inFlight, received, sent, duration]
    }
  }

  static let up = Self("dropwire_up", .gauge, "Whether the process answers.")
  static let cpuSeconds = Self(
    "process_cpu_seconds_total", .counter, "User and system CPU time of all threads.")
  static let residentBytes = Self("process_resident_memory_bytes", .gauge, "Resident memory.")
  static let openFiles = Self("process_open_fds", .gauge, "Open file descriptors.")
  static let openFilesMax = Self("process_max_fds", .gauge, "File descriptors at most.")
  static let startTime = Self(
    "process_start_time_seconds", .gauge, "When the process began, since the epoch.")

  static let connectionsOpen = Self(
    "dropwire_rpc_server_connections_open", .gauge, "Connections to the process's socket.")
  static let connectionsAccepted = Self(
    "dropwire_rpc_server_connections_accepted_total", .counter, "Connections that were let in.")
  static let connectionsRefused = Self(
    "dropwire_rpc_server_connections_refused_total", .counter, "Peers that were not let in.")
  static let callsRunning = Self(
    "dropwire_rpc_server_methods_running", .gauge,
    "Methods that run, those whose caller has gone included.")
  static let callsCut = Self(
    "dropwire_rpc_server_cut_total", .counter, "Calls that were refused or cut off, by cause.")
  static let repeats = Self(
    "dropwire_rpc_client_repeats_total", .counter, "Attempts of a call after its first.")

  static let outsideStarted = Self(
    "dropwire_outside_started_total", .counter, "Calls of providers that began.")
  static let outsideEnded = Self(
    "dropwire_outside_handled_total", .counter,
    "Calls of providers that ended: by the class of the HTTP status, not_sent, or unknown.")
  static let outsideInFlight = Self(
    "dropwire_outside_in_flight", .gauge, "Calls of providers that have not ended.")
  static let outsideWaits = Self(
    "dropwire_outside_rate_waits_total", .counter, "Calls that waited for our own rate limit.")
  static let outsideWaitSeconds = Self(
    "dropwire_outside_rate_wait_seconds_total", .counter, "How long they waited.")
  static let outsideTurnedAway = Self(
    "dropwire_outside_turned_away_total", .counter,
    "Calls that were not sent because of our own rate limit or an open breaker.")
  static let outsideDuration = Self(
    "dropwire_outside_duration_seconds", .histogram,
    "Calls of providers, without their wait for the rate limit.")
  static let breakerOpen = Self(
    "dropwire_outside_breaker_open", .gauge,
    "Whether calls of an account that failed lately are turned away.")

  static let storeCommits = Self("dropwire_store_commits_total", .counter, "Flushes to the disk.")
  static let storeWrites = Self(
    "dropwire_store_writes_total", .counter, "Writes in them; writes that wait share a commit.")
  static let storeFailed = Self(
    "dropwire_store_failed_commits_total", .counter, "Commits that failed.")
  static let storeWaiting = Self(
    "dropwire_store_waiting", .gauge, "Writes that wait for their commit.")
  static let storeDuration = Self(
    "dropwire_store_flush_seconds", .histogram, "How long a commit's flush took.")

  static let lag = Self(
    "dropwire_lag_seconds", .summary,
    "How long after an event elsewhere the process learned of it, since the process began.")

  /// In the order of the text.
  static let all: [PrometheusFamily] =
    [up, cpuSeconds, residentBytes, openFiles, openFilesMax, startTime]
    + [connectionsOpen, connectionsAccepted, connectionsRefused, callsRunning, callsCut]
    + Side.served.all + Side.called.all + [repeats]
    + [outsideStarted, outsideEnded, outsideInFlight, outsideWaits, outsideWaitSeconds]
    + [outsideTurnedAway, outsideDuration, breakerOpen]
    + [storeCommits, storeWrites, storeFailed, storeWaiting, storeDuration, lag]
}
