import Contract
import Foundation
import HTTPTypes
import Logging
import RPC
import Support
import Testing

@testable import Gateway

/// Which events are PayPal's.
struct PayPalDoorTests {
  @Test func `checksums are those of zlib`() {
    #expect(CRC32.of(Array("123456789".utf8)) == 3_421_780_262)
    let event = """
      {"id":"WH-58D329510W468432D-8HN650336L201105X","event_type":"PAYMENT.CAPTURE.COMPLETED",\
      "resource":{"id":"3C679366HH908993F","amount":{"currency_code":"USD","value":"100.00"}},\
      "note":"Zo\u{e9}"}
      """
    #expect(CRC32.of(Array(event.utf8)) == 4_278_121_446)
  }

  @Test(arguments: [
    ("https://api.paypal.com/v1/notifications/certs/CERT-1", true),
    ("https://api.sandbox.paypal.com:443/c", true),
    ("https://API.PayPal.com/c", true),
    ("http://api.paypal.com/c", false),
    ("https://api.paypal.com.evil.example/c", false),
    ("https://evilpaypal.com/c", false),
    ("https://api.paypal.com@evil.example/c", false),
    ("https://evil.example/#.paypal.com", false),
    ("https://evil.example\\.paypal.com/c", false),
    ("https://api.paypal.com:8443/c", false),
    ("ftp://api.paypal.com/c", false),
    ("https:///c", false),
    ("https://api.paypal.com/c?again=1", false),
    ("https://api.paypal.com/c#1", false),
    ("https://127.0.0.1/c", false),
    ("https://[::1]/c", false),
    ("https://paypal.com.:443/c", false),
    ("file:///etc/hostname", false),
    ("", false),
  ])
  func `certificates come from paypal.com by https`(_ url: String, _ isAllowed: Bool) {
    let world = PayPalDoor.World(
      environment: .production, webhookID: "1", roots: [], imitation: nil)
    #expect(PayPalDoor.isAllowed(url, world) == isAllowed)
  }

  @Test func `an imitation has certificates at its own address alone`() {
    let world = PayPalDoor.World(
      environment: .sandbox, webhookID: "1", roots: [], imitation: "http://127.0.0.1:4000")
    #expect(PayPalDoor.isAllowed("http://127.0.0.1:4000/c", world))
    #expect(!PayPalDoor.isAllowed("http://127.0.0.1:40001/c", world))
    #expect(!PayPalDoor.isAllowed("http://127.0.0.1:4000/c?again=1", world))
    #expect(!PayPalDoor.isAllowed("http://127.0.0.1:4000.evil.example/c", world))
  }

  @Test func `an event that PayPal signed tells its world`() async throws {
    try await SignedEvents.with { events in
      let world = try await events.environment()
      #expect(world == .sandbox)
      let other = try await events.environment(body: Array("{}".utf8))
      #expect(other == .sandbox)
    }
  }

  @Test func `an event that was changed, or signed by another, is refused`() async throws {
    try await SignedEvents.with { events in
      let signed = try events.headers(for: events.body)
      try await events.expectRefused(signed, events.body + [0x20])
      for (name, value) in [
        ("PAYPAL-TRANSMISSION-ID", "other"),
        ("PAYPAL-TRANSMISSION-TIME", "2026-01-01T00:00:00Z"),
        ("PAYPAL-TRANSMISSION-SIG", "AAAA"), ("PAYPAL-AUTH-ALGO", "SHA1withRSA"),
        ("PAYPAL-CERT-URL", "https://evil.example/c"),
      ] {
        var headers = signed
        headers[.named(name)] = value
        try await events.expectRefused(headers, events.body)
        headers[.named(name)] = nil
        try await events.expectRefused(headers, events.body)
      }
      try await events.expectRefused(signed, events.body, webhookID: "WH-OTHER")
      try await events.expectRefused(
        signed, events.body, environment: .production)
    }
  }

  @Test func `an event that was signed long ago, or will be, is refused`() async throws {
    try await SignedEvents.with { events in
      let day = 86_400.0
      for days in [-5, 1] as [Double] {
        let signed = try events.headers(
          for: events.body, at: Date(timeIntervalSinceNow: days * day))
        try await events.expectRefused(signed, events.body)
      }
      let late = try events.headers(for: events.body, at: Date(timeIntervalSinceNow: -3 * day))
      #expect(try await events.door().environment(late, events.body) == .sandbox)
    }
  }

  @Test func `a certificate of another authority, another name or another time does not count`()
    async throws
  {
    try await SignedEvents.with { events in
      let signed = try events.headers(for: events.body)
      let other = try Authority("other", in: events.folder)
      try await events.expectRefused(signed, events.body, roots: other.certificate)
    }
    for (name, days) in [("messageverificationcerts.evil.example", 2), (SignedEvents.name, -1)] {
      try await SignedEvents.with(name: name, days: days) { events in
        try await events.expectRefused(try events.headers(for: events.body), events.body)
      }
    }
  }

  @Test func `without the certificate nothing is known, so that PayPal tries again`() async throws {
    try await SignedEvents.with { events in
      let door = events.door(chains: CertificateChains { _ in nil })
      let error = await #expect(throws: RPCError.self) {
        try await door.environment(try events.headers(for: events.body), events.body)
      }
      #expect(error?.code == .unavailable)
    }
  }
}
