import Contract
import RPC
import Testing

@testable import Client

/// `dropwire call`: any message of the contract.
@Suite struct CallTests {
  @Test func `names may be short or full, in any case`() throws {
    let names = MethodName()
    for text in ["Ledger", "ledger", "dropwire.ledger.v1.Ledger"] {
      let service = try names.service(text)
      #expect(service.fullName == "dropwire.ledger.v1.Ledger")
      #expect(try names.method("trialbalance", of: service).name == "TrialBalance")
    }
  }

  @Test(arguments: [
    ("Legder", "did you mean Ledger?"), ("credential", "did you mean Credentials?"),
    ("payments", "dropwire call --list shows all"),
  ])
  func `a service that does not exist is answered with those that come close`(
    text: String, hint: String
  ) {
    let complaint = #expect(throws: Complaint.self) { try MethodName().service(text) }
    #expect(complaint?.status == .usage)
    #expect(complaint?.text == "there is no service \"\(text)\"; \(hint)")
  }

  @Test(arguments: [
    ("GetOrdr", "did you mean GetOrder?"), ("TrialBalance", "Ledger has it"),
    ("Xyzzyplugh", "dropwire call Orders shows all"),
    ("Listing", "did you mean GetListing or PutListing or ListListings?"),
  ])
  func `so is a method`(text: String, hint: String) throws {
    let orders = try MethodName().service("Orders")
    let complaint = #expect(throws: Complaint.self) {
      try MethodName().method(text, of: orders)
    }
    #expect(complaint?.text == "Orders has no method \"\(text)\"; \(hint)")
  }

  @Test func `the distance of words counts letters`() {
    #expect(Similarity.distance("", "abc") == 3)
    #expect(Similarity.distance("kitten", "sitting") == 3)
    #expect(Similarity.distance("same", "same") == 0)
  }

  @Test func `a message goes to its service and the answer comes back`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("call Purchasing GetPurchase '{\"orderId\": \"demo-1\"}'")
    #expect(run.status == 0)
    #expect(try Purchase(json: run.out) == Examples.purchase)
    #expect(terminal.services.notes.all == [#"operator:test GetPurchase {"orderId":"demo-1"}"#])
  }

  @Test(arguments: ["call Orders WatchOrders", "watch"])
  func `a stream ends with the time that was given for it`(_ command: String) async throws {
    var services = FakeServices()
    services.watchesOn = true
    let run = try await Terminal(services).run(command + " --timeout 1")
    #expect(run.out.split(separator: "\n").count == 2)
    #expect(run.status == ExitStatus(.deadlineExceeded).rawValue)
    #expect(run.complaints.contains("DEADLINE_EXCEEDED"))
  }

  @Test func `a service that every process has is asked at the one that is named`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("call Statistics GetStatistics --at ledger")
    #expect(try GetStatisticsResponse(json: run.out) == Examples.statistics)
    let nowhere = try await terminal.run("call Statistics GetStatistics")
    #expect(nowhere.status == ExitStatus.usage.rawValue)
    #expect(nowhere.complaints.contains("every process has Statistics; say which"))
  }

  @Test func `a message may be in a file`() async throws {
    let terminal = Terminal()
    let folder = try Folder.made()
    defer { folder.remove() }
    let file = try folder.file("request.json", #"{"order_id": "demo-1"}"#)
    #expect(try await terminal.run(["call", "orders", "getOrder", "@\(file)"]).status == 0)
    #expect(terminal.services.notes.all == [#"operator:test GetOrder {"orderId":"demo-1"}"#])
    #expect(try await terminal.run(["call", "orders", "getOrder", "@\(file)-not"]).status == 66)
  }

  @Test func `a streamed answer is one line for each message`() async throws {
    let run = try await Terminal().run("call Orders WatchOrders")
    let lines = run.out.split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines { #expect(try Order(json: String(line)) == Examples.order) }
  }

  @Test func `a message that is none is refused with its place`() async throws {
    let terminal = Terminal()
    let run = try await terminal.run("call Orders GetOrder '{\"orderNumber\": 1}'")
    #expect(run.status == 64)
    #expect(run.complaints.contains("orderNumber"))
    #expect(terminal.services.notes.all == [])
  }

  @Test func `services and methods are listed, and a template is printed`() async throws {
    let all = try await Terminal().run("call --list").out
    for service in ContractCatalogue.services { #expect(all.contains(service.fullName)) }
    let orders = try await Terminal().run("call orders").out
    #expect(orders.contains("CaptureOrder"))
    #expect(!orders.contains("TrialBalance"))
    let template = try await Terminal().run("call Orders CreateCheckout --template").out
    for field in ["orderId", "shipTo", "postalCode"] { #expect(template.contains(field)) }
    #expect(throws: Never.self) { try CreateCheckoutRequest(json: template) }
  }
}
