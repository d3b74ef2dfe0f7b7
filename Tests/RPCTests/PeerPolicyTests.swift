import Foundation
import NIOCore
import Testing

@testable import RPC

/// Who is let in, and what he may call.
@Suite(.timeLimit(.minutes(1)))
struct PeerPolicyTests {
  private static let own = PeerPolicy.Mark.user(geteuid())

  private func policy(_ role: String, _ grants: [String: PeerPolicy.Grant])
    -> RPCServer.Configuration
  {
    var configuration = RPCServer.Configuration()
    configuration.policy = PeerPolicy(rules: [.init(Self.own, role: role)], grants: grants)
    return configuration
  }

  @Test func `a role calls what it was granted, and the refusal names it and the method`()
    async throws
  {
    let role = MethodImplementation.unary { _, context in
      ByteBuffer(string: context.peer?.role ?? "none")
    }
    let configuration = policy(
      "reader",
      ["reader": .paths(["/test.v1.Test/Get"]), "writer": .everything, "idle": .paths([])])
    try await Served.with(["Get": role, "Put": role], configuration: configuration) {
      served async throws in
      #expect(try await served.client.text("Get") == "reader")
      let error = await failure { try await served.client.text("Put") }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message == "the role reader may not call /test.v1.Test/Put; writer may")
      #expect(error?.reason?.code == "ROLE")
      #expect(error?.reason?.metadata == ["role": "reader", "method": "/test.v1.Test/Put"])
      let figures = served.server.figures.methods.first { $0.method == "Put" }
      #expect(figures?.ended == [.permissionDenied: 1])
      // The connection goes on.
      #expect(try await served.client.text("Get") == "reader")
    }
  }

  @Test func `a streamed answer is refused the same way`() async throws {
    let stream = MethodImplementation.serverStreaming { _, _, writer in
      try await writer.write(ByteBuffer(string: "secret"))
    }
    try await Served.with(["Watch": stream], configuration: policy("reader", [:])) {
      served async throws in
      let error = await failure {
        for try await message in served.client.stream("Watch") {
          Issue.record("\(String(buffer: message)) was sent")
        }
      }
      #expect(error?.code == .permissionDenied)
      #expect(error?.message == "the role reader may not call /test.v1.Test/Watch; nobody may")
    }
  }

  @Test func `a whole service is granted by its name alone`() async throws {
    let configuration = policy("reader", ["reader": .paths(["/test.v1.Test"])])
    try await Served.with(["Get": echo, "Put": echo], configuration: configuration) {
      served async throws in
      #expect(try await served.client.text("Get", "a") == "a")
      #expect(try await served.client.text("Put", "b") == "b")
    }
  }

  @Test func `health and reflection are open to a role that may call nothing else`() async throws {
    try await Served.with(["Get": echo], configuration: policy("reader", [:])) {
      served async throws in
      #expect(await failure { try await served.client.text("Get") }?.code == .permissionDenied)
      served.server.setServing(true)
      #expect(try await served.client.checkHealth() == .serving)
      let routes = served.server.core.routes.values
      let open = routes.filter { $0.callers == served.server.core.roles.everyone }
      #expect(Set(open.map(\.service)).count == 3)
      #expect(!open.contains { $0.service == testServiceName })
    }
  }

  @Test func `a peer without a role is closed on before the first byte is read`() async throws {
    var configuration = RPCServer.Configuration()
    configuration.policy = PeerPolicy(
      rules: [.init(.user(geteuid() + 1), role: "all")], grants: ["all": .everything])
    let log = Lines()
    try await Served.with(["Get": echo], configuration: configuration, logger: log.logger) {
      served async throws in
      let socket = try RawSocket(served.path)
      defer { socket.end() }
      #expect(socket.readToEnd() == [])
      let error = await failure { try await served.client.text("Get") }
      #expect(error?.code == .unavailable)
      #expect(
        error?.message.contains("it may not let us in") == true,
        "\(String(describing: error))")
      #expect(
        log.all.contains {
          $0.contains("peer without a role refused") && $0.contains("uid:\(geteuid()) gid:")
        })
    }
  }

  @Test(arguments: [
    (["1=a", "2=b"], PeerCredentials(uid: 1, gid: 2, pid: 9), "a"),
    (["1=a", "2=b"], PeerCredentials(uid: 3, gid: 3, pid: 1), nil),
    (["g2=b", "1=a"], PeerCredentials(uid: 1, gid: 2, pid: 9), "b"),
    (["g1=b"], PeerCredentials(uid: 1, gid: 2, pid: 9), nil),
    ([], PeerCredentials(uid: 0, gid: 0, pid: 1), nil),
  ])
  func `the first rule that fits gives the role`(
    _ rules: [String], _ peer: PeerCredentials, _ role: String?
  ) {
    let read = rules.map { rule in
      let parts = rule.split(separator: "=").map(String.init)
      let isGroup = parts[0].hasPrefix("g")
      let id = UInt32(isGroup ? String(parts[0].dropFirst()) : parts[0]) ?? 0
      return PeerPolicy.Rule(isGroup ? .group(id) : .user(id), role: parts[1])
    }
    #expect(PeerPolicy(rules: read, grants: [:]).role(of: .local(peer)) == role)
  }

  @Test func `a certificate has a role by one of its names, and never by a number`() {
    let policy = PeerPolicy(
      rules: [.init(.user(0), role: "root"), .init(.certificate("b.example"), role: "b")],
      grants: [:])
    #expect(policy.role(of: .certificate(["a.example", "b.example"])) == "b")
    #expect(policy.role(of: .certificate(["0"])) == nil)
    #expect(policy.role(of: .local(.init(uid: 1, gid: 0, pid: 1))) == nil)
  }

  @Test(arguments: ["/test.v1.Test/Gett", "/test.v1.Tset", "Get"])
  func `a grant of something that is not served stops the start`(_ path: String) async throws {
    try await ScratchFolder.with { folder in
      let error = await #expect(throws: RPCServer.StartFailure.self) {
        try await RPCServer.start(
          socketPath: folder.socketPath, services: [testService(["Get": echo])],
          configuration: policy("reader", ["reader": .paths([path])]), logger: Served.quiet)
      }
      #expect(
        error?.description == "the role reader is granted \(path), which is not served here")
    }
  }

  @Test func `the sixty-fifth role stops the start`() async throws {
    func roles(_ count: Int) throws -> PeerRoles {
      let rules = (0..<count).map { PeerPolicy.Rule(.user(UInt32($0)), role: "r\($0)") }
      return try PeerRoles(PeerPolicy(rules: rules, grants: [:]), services: [])
    }
    #expect(try roles(64).everyone.rawValue == .max)
    #expect(throws: RPCServer.StartFailure.self) { try roles(65) }
  }
}
