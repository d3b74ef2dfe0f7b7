import Crypto
import Hummingbird
import NIOCore

/// A file that pages need, compiled into the program. Its path changes with its content, so that
/// browsers may keep it for ever.
struct Asset: Sendable {
  let path: String
  let type: String
  let bytes: [UInt8]

  init(_ name: String, _ ending: String, _ type: String, _ bytes: [UInt8]) {
    let digest = SHA256.hash(data: bytes).prefix(6).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    path = "/console/assets/\(name)-\(digest).\(ending)"
    self.type = type
    self.bytes = bytes
  }

  var response: Response {
    Response(
      status: .ok,
      headers: [.contentType: type, .cacheControl: "public, max-age=31536000, immutable"],
      body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

enum Assets {
  static let style = Asset(
    "console", "css", "text/css; charset=utf-8", PackageResources.console_css)
  static let script = Asset(
    "console", "js", "text/javascript; charset=utf-8", PackageResources.console_js)
  static let icon = Asset("icon", "svg", "image/svg+xml", PackageResources.icon_svg)
}

extension Console {
  static let assets: [Route] = [Assets.style, Assets.script, Assets.icon].map { asset in
    Route(.get, asset.path, "asset", asset.path, audience: .everyone, answer: .page) { _ in
      asset.response
    }
  }
}
