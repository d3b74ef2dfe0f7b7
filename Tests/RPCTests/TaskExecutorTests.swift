import Logging
import NIOCore
import RPC
import Synchronization
import Testing

/// Tasks that run where a client's answers come in.
@Suite(.timeLimit(.minutes(1))) struct TaskExecutorTests {
  @Test func `many tasks on a client's executor all get their answers`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let answers = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<500 {
          group.addTask(executorPreference: served.client.taskExecutor) {
            var sum = 0
            for call in 0..<5 {
              let request = ByteBuffer(integer: number * 5 + call)
              let answer = try await served.client.unary(
                service: testServiceName, method: "Echo", request: request, isIdempotent: true,
                options: CallOptions())
              sum += answer.getInteger(at: 0, as: Int.self) ?? 0
            }
            return sum
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(answers == (0..<2500).reduce(0, +))
    }
  }

  @Test func `tasks go on when their connection is lost in the middle of a read`() async throws {
    let calls = Atomic<Int>(0)
    try await Served.with([
      "Echo": .unary { request, _ in
        calls.add(1, ordering: .relaxed)
        return request
      }
    ]) { served in
      let ends = try await withThrowingTaskGroup(of: StatusCode.self) { group in
        for _ in 0..<100 {
          group.addTask(executorPreference: served.client.taskExecutor) {
            while true {
              do {
                _ = try await served.client.unary(
                  service: testServiceName, method: "Echo", request: ByteBuffer(),
                  isIdempotent: false, options: CallOptions(timeout: .seconds(20)))
              } catch let error as RPCError {
                return error.code
              }
            }
          }
        }
        while calls.load(ordering: .relaxed) < 1000 { await Task.yield() }
        await served.server.drain(within: .zero)
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(ends.count == 100 && ends.allSatisfy { $0 == .unavailable || $0 == .cancelled })
    }
  }

  @Test func `a task that never waits leaves the others their turn`() async throws {
    try await Served.with(["Echo": echo]) { served in
      let isOver = Atomic<Bool>(false)
      let busy = Task(executorPreference: served.client.taskExecutor) {
        while !isOver.load(ordering: .relaxed) { await Task.yield() }
      }
      let answer = try await served.client.unary(
        service: testServiceName, method: "Echo", request: ByteBuffer(integer: 7),
        isIdempotent: true, options: CallOptions(timeout: .seconds(5)))
      isOver.store(true, ordering: .relaxed)
      await busy.value
      #expect(answer.getInteger(at: 0, as: Int.self) == 7)
    }
  }
}
