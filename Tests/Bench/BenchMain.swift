import ArgumentParser

/// Measures. Run through `compose/bench`, which builds in release mode first.
@main struct BenchMain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure the built programs.",
    subcommands: [
      RPCBench.self, ChainBench.self, LedgerBench.self, PurchaseBench.self, GatewayBench.self,
      GatewayLoad.self, EchoServer.self, EchoLoad.self,
    ])
}
