import Crypto
import Foundation

extension MasterKey {
  /// Makes a key file: 64 hexadecimal digits that only its owner may read, on the disk when this
  /// returns. A file that is there already is never overwritten, since it may be a key in use.
  static func make(at path: String) throws(Refused) -> MasterKey {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw Refused(
        description: "the key file \(path) cannot be made (\(String(cString: strerror(errno))))")
    }
    defer { close(file) }
    let key = MasterKey(SymmetricKey(size: .bits256))
    let digits = Array((key.hexadecimal + "\n").utf8)
    guard write(file, digits, digits.count) == digits.count, fsync(file) == 0 else {
      let why = String(cString: strerror(errno))
      unlink(path)
      throw Refused(description: "the key file \(path) cannot be written (\(why))")
    }
    return key
  }

  /// `purchasing --make-key FILE`: makes the file, says its key's id, and ends the process. Returns
  /// when something else was asked for.
  static func makeIfAsked(_ arguments: [String]) {
    guard arguments.first == "--make-key" else { return }
    guard arguments.count == 2 else {
      FileHandle.standardError.write(Data("purchasing: --make-key needs the name of a file\n".utf8))
      exit(64)
    }
    do throws(Refused) {
      let key = try make(at: arguments[1])
      print("made \(arguments[1]), key id \(key.id); keep a copy where the backups are not")
      exit(0)
    } catch {
      FileHandle.standardError.write(Data("purchasing: \(error)\n".utf8))
      exit(1)
    }
  }

  private var hexadecimal: String {
    key.withUnsafeBytes { bytes in
      bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
  }
}
