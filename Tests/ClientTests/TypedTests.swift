import ArgumentParser
import Contract
import Testing

@testable import Client

/// Values and files as people type them.
@Suite struct TypedTests {
  @Test func `an amount is read exactly`() throws {
    #expect(try Typed.amount("20.00", "usd", option: "--price") == Examples.usd(2000))
    #expect(try Typed.amount("0.1", "USD", option: "--price") == Examples.usd(10))
    #expect(
      try Typed.amount("500", "JPY", option: "--price")
        == .init(minorUnits: 500, currency: "JPY"))
  }

  @Test(arguments: [("1.005", "USD"), ("1,00", "USD"), ("", "USD"), ("1.00", "DOLLAR")])
  func `an amount that is none is wrong usage`(text: String, currency: String) {
    let complaint = #expect(throws: Complaint.self) {
      try Typed.amount(text, currency, option: "--price")
    }
    #expect(complaint?.status == .usage)
    #expect(complaint?.text.hasPrefix("--price is \"\(text)\"") == true)
  }

  @Test func `a word of an enum may be written in any way`() throws {
    let states = OrderState.allKnown.map { ($0, $0.shortName) }
    for text in ["needs-attention", "NEEDS_ATTENTION", "Needs-Attention"] {
      #expect(try Typed.word(text, option: "--state", of: states) == .needsAttention)
    }
    #expect(try Typed.word("", option: "--state", of: states) == nil)
    let complaint = #expect(throws: Complaint.self) {
      try Typed.word("unspecified", option: "--state", of: states)
    }
    #expect(complaint?.text.contains("awaiting-payment") == true)
  }

  @Test func `an address comes from the example, a file, parts, or a file and parts`() throws {
    try Folder.with { folder in
      let file = try folder.file("address.json", #"{"full_name": "Grace", "city": "Oakland"}"#)
      func address(_ options: String) throws -> Address? {
        try ShipTo.parse(Terminal.words(options)).address()
      }
      #expect(try address("--ship-to us-example") == ShipTo.example)
      #expect(try address("--ship-to \(file)") == Address(fullName: "Grace", city: "Oakland"))
      #expect(
        try address("--ship-to \(file) --city Berkeley --country US")
          == Address(fullName: "Grace", city: "Berkeley", country: "US"))
      #expect(try address("--name Ada --tax-id 1") == Address(fullName: "Ada", taxID: "1"))
      #expect(try address("") == nil)
    }
  }

  @Test func `an address file that is none says what is wrong`() throws {
    try Folder.with { folder in
      let file = try folder.file("address.json", #"{"town": "Oakland"}"#)
      let wrong = #expect(throws: Complaint.self) {
        try ShipTo.parse(["--ship-to", file]).address()
      }
      #expect(wrong?.status == .usage)
      #expect(wrong?.text.contains("town") == true)
      let missing = #expect(throws: Complaint.self) {
        try ShipTo.parse(["--ship-to", "\(file)-not"]).address()
      }
      #expect(missing?.status == .notFound)
      #expect(missing?.text.contains("us-example") == true)
    }
  }

  @Test func `a credential file that all can read is refused`() throws {
    try Folder.with { folder in
      let file = try folder.file("c.json", #"{"app_key": "1", "app_secret": "s3cret"}"#)
      try folder.mode(0o600, file)
      #expect(try CredentialFile.read(file).appSecret == "s3cret")
      try folder.mode(0o644, file)
      #expect(try CredentialFile.read(file).appKey == "1", "the folder keeps others out")
      try folder.mode(0o755, folder.path)
      let complaint = #expect(throws: Complaint.self) { try CredentialFile.read(file) }
      #expect(complaint?.status == .notAllowed)
      #expect(complaint?.text.contains("chmod 600 \(file)") == true)
    }
  }

  @Test func `a broken credential file is not quoted`() throws {
    try Folder.with { folder in
      let file = try folder.file("c.json", #"{"app_secret": ["s3cret"], "s3cret": 1}"#)
      let complaint = #expect(throws: Complaint.self) { try CredentialFile.read(file) }
      #expect(complaint?.status == .usage)
      #expect(complaint?.text.contains("s3cret") == false)
    }
  }
}
