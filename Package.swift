// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "_CryptoExtras", package: "swift-crypto")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(
  name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let asyncAlgorithms = Target.Dependency.product(
  name: "AsyncAlgorithms", package: "swift-async-algorithms")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")

func library(
  _ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: exclude, resources: resources,
    swiftSettings: settings)
}

func program(
  _ name: String, _ path: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude,
    swiftSettings: settings)
}

let package = Package(
  name: "dropwire",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "orders", targets: ["Orders"]),
    .executable(name: "purchasing", targets: ["Purchasing"]),
    .executable(name: "ledger", targets: ["Ledger"]),
    .executable(name: "dropwire", targets: ["Client"]),
    .executable(name: "sandbox", targets: ["Sandbox"]),
    .executable(name: "bench", targets: ["Bench"]),
    .executable(name: "chaos", targets: ["Chaos"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // System libraries and generated C.
    .systemLibrary(
      name: "CProtobufC", path: "Shared/CProtobufC", pkgConfig: "libprotobuf-c",
      providers: [.apt(["libprotobuf-c-dev"])]),
    .systemLibrary(
      name: "CNGHTTP2", path: "Shared/CNGHTTP2", pkgConfig: "libnghttp2",
      providers: [.apt(["libnghttp2-dev"])]),
    .target(name: "CContract", dependencies: ["CProtobufC"], path: "Shared/CContract"),

    // What a second service needs.
    library("Money", "Shared/Money", []),
    library("Measure", "Shared/Measure", []),
    library(
      "RPC", "Shared/RPC",
      [nioCore, nioPosix, nioSSL, nioTLS, "CNGHTTP2", "Measure", logging]),
    library("Contract", "Shared/Contract", ["CContract", "CProtobufC", "RPC", nioCore]),
    library("Store", "Shared/Store", [grdb, "Measure", logging]),
    library("Outside", "Shared/Outside", [httpClient, nioCore, nioHTTP1, "Measure", logging]),
    library("PayPal", "Shared/PayPal", ["Outside", "Money", nioCore]),
    library(
      "Runtime", "Shared/Runtime",
      [
        "RPC", lifecycle, signals, logging, crypto, "Contract", "Store", "Outside", "Money",
        "Measure",
      ]),

    // The services and the client.
    program(
      "Orders", "Services/orders",
      ["Contract", "RPC", "Store", "Runtime", "Money", "PayPal", "Outside", logging, lifecycle]),
    program(
      "Purchasing", "Services/purchasing",
      [
        "Contract", "RPC", "Store", "Runtime", "Money", "Outside", crypto, httpClient, nioCore,
        nioHTTP1, logging, lifecycle,
      ]),
    program(
      "Ledger", "Services/ledger",
      [
        "Contract", "RPC", "Store", "Runtime", "Money", "PayPal", "Outside", crypto, logging,
        lifecycle,
      ]),
    library("Presentation", "Services/client/presentation", ["Contract", "Money"]),
    library(
      "Gateway", "Services/client/gateway",
      [
        "Contract", "RPC", "Runtime", "Outside", "Measure", "Presentation", hummingbird,
        hummingbirdCore, httpTypes, asyncAlgorithms, jwt, x509, asn1, mustache, crypto, lifecycle,
        signals, logging, nioCore, nioHTTP1, nioHTTPTypes,
      ],
      exclude: ["openapi.json"],
      resources: [
        .embedInCode("console/templates"), .embedInCode("console/assets"),
      ]),
    program(
      "Client", "Services/client",
      ["Contract", "RPC", "Runtime", "Money", "Presentation", "Gateway", arguments],
      exclude: ["gateway", "presentation"]),

    // The outside world, fixtures, measurements.
    program(
      "Sandbox", "Tests/Sandbox",
      [
        hummingbird, httpTypes, httpClient, crypto, cryptoExtras, x509, asn1, "Money", logging,
        arguments, nioCore, nioHTTP1,
      ]),
    program(
      "Bench", "Tests/Bench",
      [
        "Contract", "RPC", "Runtime", "Echo", arguments, "Support", logging, signals, nioCore,
        nioHTTP1, httpClient, crypto,
      ],
      exclude: ["references"]),
    program("Chaos", "Tests/Chaos", ["Contract", "RPC", arguments, "Support"]),
    library(
      "Support", "Tests/Support", ["Contract", "RPC", httpClient, nioCore, nioHTTP1, logging]),
    .target(name: "CEverything", dependencies: ["CProtobufC"], path: "Tests/CEverything"),
    library("Everything", "Tests/Everything", ["CEverything", "CProtobufC", "Contract", "RPC"]),
    .target(name: "CEcho", dependencies: ["CProtobufC"], path: "Tests/CEcho"),
    library("Echo", "Tests/Echo", ["CEcho", "CProtobufC", "Contract", "RPC"]),

    tests("MoneyTests", ["Money"]),
    tests("MeasureTests", ["Measure"]),
    tests(
      "ContractTests", ["Contract", "Everything", "Echo", "RPC", nioCore],
      exclude: ["reference.py", "recorded.py", "recorded"]),
    tests(
      "RPCTests", ["RPC", "Support", "Measure", nioCore, nioEmbedded, logging],
      exclude: ["foreign", "Corpus"]),
    tests("StoreTests", ["Store", "Measure", grdb, logging]),
    tests(
      "RuntimeTests", ["Runtime", "Contract", "RPC", "Measure", logging],
      exclude: ["prometheus.py"]),
    tests(
      "OutsideTests",
      ["Outside", "PayPal", "Money", "Measure", nioCore, nioPosix, logging]),
    tests(
      "LedgerTests",
      [
        "Ledger", "Contract", "RPC", "Store", "Runtime", "Money", "PayPal", "Outside", "Support",
        crypto, grdb, logging,
      ]),
    tests(
      "PurchasingTests",
      [
        "Purchasing", "Contract", "RPC", "Store", "Money", "Outside", "Support", crypto, logging,
        nioCore,
      ]),
    tests(
      "OrdersTests",
      [
        "Orders", "Contract", "RPC", "Store", "Money", "PayPal", "Outside", "Runtime", "Support",
        logging,
      ]),
    tests(
      "ClientTests", ["Client", "Presentation", "Contract", "RPC", "Runtime", arguments, nioCore]),
    tests(
      "GatewayTests",
      [
        "Gateway", "Presentation", "Contract", "RPC", "Runtime", "Outside", "Support", httpTypes,
        httpClient, crypto, logging, nioCore, nioHTTP1, nioEmbedded, nioHTTPTypes,
      ]),
    tests(
      "ConsoleTests",
      [
        "Gateway", "Purchasing", "Contract", "Runtime", "Outside", "Support", httpClient, logging,
      ],
      exclude: ["audit.js"]),
    tests("SandboxTests", ["Sandbox", "Money", crypto]),
    tests("ProcessTests", ["Support", "Contract", "RPC", httpClient, nioCore, logging]),
    tests("TidyTests", []),
  ],
  cLanguageStandard: .gnu11
)

// compose/fuzz builds the fuzzed ends of a connection as a program, in place of the tests they
// belong to.
if Context.environment["DROPWIRE_FUZZ"] != nil {
  package.targets.removeAll { $0.name == "RPCTests" }
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["RPC", nioCore, nioEmbedded, logging], path: "Tests/RPCTests",
      sources: ["FuzzedEnd.swift", "FuzzEntry.swift"],
      swiftSettings: settings + [.define("DROPWIRE_FUZZ")]))
}
