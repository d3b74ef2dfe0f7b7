// swift-tools-version: 6.2
import PackageDescription

let grpc = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let transport = Target.Dependency.product(
  name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport")

let package = Package(
  name: "references",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
  ],
  targets: [
    .target(name: "Message", dependencies: [grpc]),
    .executableTarget(name: "Server", dependencies: ["Message", grpc, transport]),
    .executableTarget(name: "Client", dependencies: ["Message", grpc, transport]),
  ]
)
