/// Who may import whom.
enum ImportRules {
  /// Parts of the toolchain, open to all.
  static let open: Set<String> = [
    "Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc", "Swift",
  ]

  /// By folder: every other module that its files may import.
  static let allowed: [(folder: String, modules: Set<String>)] = [
    ("Shared/Money/", []),
    ("Shared/Measure/", []),
    ("Shared/Contract/", ["CContract", "CProtobufC", "RPC", "NIOCore"]),
    ("Shared/RPC/", ["NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "CNGHTTP2", "Measure", "Logging"]),
    ("Shared/Store/", ["GRDB", "GRDBSQLite", "Measure", "Logging"]),
    ("Shared/Outside/", ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "Measure", "Logging"]),
    ("Shared/PayPal/", ["Outside", "Money", "NIOCore", "Logging"]),
    (
      "Shared/Runtime/",
      [
        "RPC", "ServiceLifecycle", "UnixSignals", "Logging", "Contract", "Store", "Outside",
        "Money", "Measure", "Crypto",
      ]
    ),
    ("Services/orders/", service.union(["PayPal"])),
    (
      "Services/purchasing/",
      service.union(["Crypto", "NIOCore", "NIOHTTP1", "AsyncHTTPClient"])
    ),
    ("Services/ledger/", service.union(["PayPal", "Crypto"])),
    ("Services/client/presentation/", ["Contract", "Money"]),
    (
      "Services/client/gateway/",
      [
        "Contract", "RPC", "Runtime", "Outside", "Measure", "Presentation",
        "Mustache", "Hummingbird", "HummingbirdCore", "HTTPTypes",
        "AsyncAlgorithms", "JWTKit", "X509", "SwiftASN1", "Crypto", "ServiceLifecycle",
        "UnixSignals", "Logging",
        "NIOCore", "NIOHTTP1", "NIOHTTPTypes",
      ]
    ),
    (
      "Services/client/",
      ["Gateway", "Presentation", "Contract", "RPC", "Runtime", "Money", "ArgumentParser"]
    ),
    (
      "Tests/Sandbox/",
      [
        "Hummingbird", "AsyncHTTPClient", "Crypto", "_CryptoExtras", "X509", "SwiftASN1", "Money",
        "Logging", "ArgumentParser", "NIOCore", "NIOHTTP1", "HTTPTypes",
      ]
    ),
  ]

  private static let service: Set<String> = [
    "Contract", "RPC", "Store", "Runtime", "Money", "Outside", "Logging", "ServiceLifecycle",
  ]

  static func forbidden(_ path: String, _ code: SwiftCode) -> [Finding] {
    guard let rule = allowed.first(where: { path.hasPrefix($0.folder) }) else { return [] }
    return imports(code).filter { !open.contains($0.module) && !rule.modules.contains($0.module) }
      .map { line, module in
        Finding(path: path, line: line, text: "\(rule.folder) may not import \(module)")
      }
  }

  static func imports(_ code: SwiftCode) -> [(line: Int, module: String)] {
    code.lines.enumerated().compactMap { index, line in
      guard line.has("import"), let match = line.firstMatch(of: importLine) else { return nil }
      return (index + 1, String(match.1))
    }
  }

  nonisolated(unsafe) private static let importLine =
    /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|var|let)\s+)?(\w+)/

  /// C pointers of the HTTP/2 codec stay in one type.
  static func codecUsers(_ files: [(file: SourceFile, code: SwiftCode)]) -> [Finding] {
    files.filter { file, code in
      let isCodec = file.path.hasPrefix("Shared/RPC/HTTP2Session")
      return !isCodec && imports(code).contains { $0.module == "CNGHTTP2" }
    }.map {
      Finding(path: $0.file.path, line: 0, text: "only HTTP2Session may import CNGHTTP2")
    }
  }

  /// Environment variables are read by Runtime alone.
  static func environmentReaders(_ path: String, _ code: SwiftCode) -> [Finding] {
    guard path.hasPrefix("Services/") || path.hasPrefix("Shared/"),
      !path.hasPrefix("Shared/Runtime/")
    else { return [] }
    return code.matches(of: /\bgetenv\b|\bProcessInfo\b.*\benvironment\b/, with: "env").map {
      Finding(path: path, line: $0.line, text: "only Runtime reads environment variables")
    }
  }

  /// purchasing and ledger call no service.
  static func callingLeaves(_ path: String, _ code: SwiftCode) -> [Finding] {
    guard path.hasPrefix("Services/purchasing/") || path.hasPrefix("Services/ledger/") else {
      return []
    }
    let clients = /\b(Orders|Purchasing|Credentials|Ledger|RPC)Client\b/
    return code.matches(of: clients, with: "Client").map {
      Finding(path: path, line: $0.line, text: "a leaf calls no service")
    }
  }
}
