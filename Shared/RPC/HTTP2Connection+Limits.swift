import NIOCore

/// How a connection rids itself of a peer.
extension HTTP2Connection {
  /// Ends the connection unless the peer says its settings in time, which is the first thing it has
  /// to say.
  func expectSetup(within time: Duration) -> Scheduled<Void> {
    after(time) { connection in
      guard !connection.session.isSetUp else { return }
      connection.cutOff(HTTP2Failure(description: "the peer said no settings within \(time)"))
    }
  }

  /// Tells the peer why, as far as it still reads, and closes.
  func cutOff(_ error: any Error) {
    guard !isClosed else { return }
    let code = (error as? HTTP2Failure)?.code ?? HTTP2Code.protocolError
    say(session.farewell(code))
    peerCutOff("\(error)")
    close("\(error)")
  }

  /// Calls `body` later, unless the connection is gone by then.
  func after(_ time: Duration, _ body: @escaping @Sendable (HTTP2Connection) -> Void)
    -> Scheduled<Void>
  {
    eventLoop.scheduleTask(in: TimeAmount(time)) { [weak self] in
      guard let self, !self.isClosed else { return }
      body(self)
    }
  }
}
