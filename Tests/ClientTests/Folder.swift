import Foundation

/// A folder of its own under the temporary one, which every user can enter; removed at the end.
struct Folder {
  let path: String

  static func made() throws -> Folder {
    let path = "/tmp/dropwire-client-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    return Folder(path: path)
  }

  static func with(_ body: (Folder) throws -> Void) throws {
    let folder = try made()
    defer { folder.remove() }
    try body(folder)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  func mode(_ mode: Int, _ file: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  }
}
