import ArgumentParser

/// The program `dropwire`: sends messages to the three services and shows what they answer.
///
/// **Invariant:** it has no database and no business rule. What is allowed, the services say.
@main struct DropwireMain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dropwire",
    abstract: "Send messages to orders, purchasing and ledger, and show what they answer.",
    discussion: """
      The services listen at sockets in one directory, named by DROPWIRE_RUN_DIR; one that is on \
      another machine is named by DROPWIRE_ORDERS_TARGET and the like, as tls://HOST:PORT, and \
      DROPWIRE_TLS_CERTIFICATE, _KEY and _SERVER_CA say how the two know each other. Every message of \
      the contract can be sent with `dropwire call`; the other verbs are the daily ones, with \
      tables for people and --json for programs.

      EXAMPLES:
        dropwire checkout --listing mug --order my-first --ship-to us-example
        dropwire capture my-first
        dropwire history my-first
        dropwire payouts --order my-first --json
        dropwire call Purchasing GetPurchase '{"orderId": "my-first"}'

      EXIT CODES:
      \(ExitStatus.helpText)
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Orders",
        subcommands: [
          CheckoutVerb.self, CaptureVerb.self, OrderVerb.self, OrdersVerb.self, WatchVerb.self,
          HistoryVerb.self, WhyVerb.self, RetryVerb.self, MarkPurchasedVerb.self,
          AttestNotPlacedVerb.self, SubmitTrackingVerb.self,
          CancelVerb.self, ListingVerbs.self,
        ]),
      CommandGroup(
        name: "Purchasing",
        subcommands: [
          PurchasesVerb.self, PurchaseVerb.self, TrackingVerb.self, CredentialVerbs.self,
        ]),
      CommandGroup(
        name: "Ledger",
        subcommands: [
          SaleVerb.self, SalesVerb.self, BalanceVerb.self, StatementVerb.self,
          TrialBalanceVerb.self, PayoutsVerb.self, PayoutVerbs.self, RecipientVerbs.self,
          PayoutTermsVerbs.self, RateVerbs.self, FundVerb.self, ExportVerb.self, VerifyVerb.self,
          CheckVerb.self, ReconcileVerb.self, LedgerVerbs.self,
        ]),
      CommandGroup(name: "People over HTTP", subcommands: [GatewayVerb.self, TokenVerb.self]),
      CommandGroup(
        name: "All services",
        subcommands: [
          HealthVerb.self, StatsVerb.self, BackupVerb.self, RestoreVerb.self, CallVerb.self,
        ]),
    ])
  static func main() async {
    if let complaint = unknownVerb(CommandLine.arguments.dropFirst().first) {
      Output.standard.complaint(complaint)
      exit(withError: ExitCode(complaint.status.rawValue))
    }
    await main(nil)
  }

  /// A first word that is no verb; nil for all that the parser may judge.
  static func unknownVerb(_ word: String?) -> Complaint? {
    var verbs: [String] = []
    for group in configuration.groupedSubcommands {
      for verb in group.subcommands { verbs.append(verb.configuration.commandName ?? "") }
    }
    guard let word, !word.hasPrefix("-"), word != "help", !verbs.contains(word) else { return nil }
    return Complaint(
      .usage,
      "there is no verb \"\(word)\"; "
        + Similarity.hint(word, among: verbs, list: "dropwire --help"))
  }
}
