import Foundation
import Logging
import RPC
import Store

/// Writes one line of JSON per event to standard error: time, level, service, message, metadata.
///
/// A line is one `write`, so that lines of several threads never mix. What is logged in the work for
/// a call or an intent carries the request and the trace it goes back to; what is logged for an
/// intent also the intent's subject, which is an order's id or begins with it.
struct JSONLogHandler: LogHandler {
  let service: String
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(service: String, level: Logger.Level) {
    self.service = service
    self.logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var line = "{\"time\":\"\(Self.now())\",\"level\":\"\(event.level.rawValue)\",\"service\":"
    line.appendJSON(service)
    line += ",\"message\":"
    line.appendJSON(event.message.description)
    var all = Self.ofWork()
    all.merge(metadata) { _, new in new }
    if let more = event.metadata { all.merge(more) { _, new in new } }
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      line += ","
      line.appendJSON(key)
      line += ":"
      line.appendJSON(value.description)
    }
    line += "}\n"
    line.withUTF8 { bytes in
      _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }

  /// What the work in this task goes back to.
  private static func ofWork() -> Logger.Metadata {
    var all: Logger.Metadata = [:]
    if let intent = Intent.running { all["subject"] = .string(intent.subject) }
    if let origin = Origin.current {
      all["request"] = .string(origin.requestID)
      all["trace"] = TraceContext(traceparent: origin.trace).map { .string($0.traceID) }
    }
    return all
  }

  /// Now in UTC with milliseconds, such as 2026-11-24T12:00:00.123Z.
  private static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    var seconds = time.tv_sec
    gmtime_r(&seconds, &parts)
    return padded(Int(parts.tm_year) + 1900, 4) + "-" + padded(Int(parts.tm_mon) + 1, 2) + "-"
      + padded(Int(parts.tm_mday), 2) + "T" + padded(Int(parts.tm_hour), 2) + ":"
      + padded(Int(parts.tm_min), 2) + ":" + padded(Int(parts.tm_sec), 2) + "."
      + padded(time.tv_nsec / 1_000_000, 3) + "Z"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension String {
  /// Appends a text as a JSON string.
  fileprivate mutating func appendJSON(_ text: String) {
    append("\"")
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: unicodeScalars.append(scalar)
      }
    }
    append("\"")
  }
}
