import Foundation
import Logging

/// The screenshots of visits: PNG files, readable by this user alone, bounded in number, size and age.
struct Screenshots: Sendable {
  /// One fits into a message, with room for its name.
  static let bytesMax = (4 << 20) - 4096
  /// More than the steps of a visit.
  static let perVisitMax = 16

  let directory: String
  let countMax: Int
  let daysMax: Int
  let logger: Logger

  /// Keeps one; one that is too large, or too many, is left out.
  func keep(_ bytes: Data, _ log: VisitLog) {
    let number = log.screenshots.count + 1
    guard countMax > 0, number <= Self.perVisitMax, bytes.count <= Self.bytesMax else { return }
    let name = "\(log.name).\(number < 10 ? "0" : "")\(number)-\(log.step).png"
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      // The process' umask keeps others out from the start.
      try bytes.write(to: URL(fileURLWithPath: "\(directory)/\(name)"))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: "\(directory)/\(name)")
      log.add(screenshot: name)
    } catch {
      logger.warning("a screenshot cannot be kept", metadata: ["why": "\(error)"])
    }
  }

  /// One that an attempt names; nil when it was removed since, or cannot be read.
  func image(_ name: String) -> [UInt8]? {
    guard !name.contains("/"),
      let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)"),
      bytes.count <= Self.bytesMax
    else { return nil }
    return [UInt8](bytes)
  }

  /// Removes those that are too old or too many, the oldest first.
  ///
  /// - Parameter needed: visits, by their logs' names, whose screenshots stay.
  func sweep(keeping needed: Set<String>, now: Date = Date()) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let files = names.filter { $0.hasSuffix(".png") }.map { name in
      let found = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
      return (name: name, time: found?[.modificationDate] as? Date ?? .distantPast)
    }.sorted { ($0.time, $0.name) > ($1.time, $1.name) }
    let oldest = now.addingTimeInterval(-TimeInterval(daysMax * 86_400))
    for (index, file) in files.enumerated() where index >= countMax || file.time < oldest {
      let visit = file.name.split(separator: ".").dropLast(2).joined(separator: ".")
      if needed.contains(visit) { continue }
      try? FileManager.default.removeItem(atPath: "\(directory)/\(file.name)")
    }
  }
}
