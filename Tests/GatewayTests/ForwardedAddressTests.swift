import HTTPTypes
import Testing

@testable import Gateway

/// Whose request it is behind proxies.
struct ForwardedAddressTests {
  @Test(arguments: [
    (0, "1.2.3.4", "10.0.0.1"),
    (1, "1.2.3.4", "1.2.3.4"),
    (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
    (2, "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"),
    (2, "1.2.3.4", "10.0.0.1"),
    (1, "2001:db8::1", "2001:db8::1"),
    (1, "", "10.0.0.1"),
    (1, "reseller", "10.0.0.1"),
    (1, String(repeating: "1", count: 65), "10.0.0.1"),
  ])
  func `a client is who called our first proxy`(_ proxies: Int, _ header: String, _ client: String)
  {
    let headers: HTTPFields = [.named("X-Forwarded-For"): header]
    #expect(ForwardedAddress.client(headers, peer: "10.0.0.1", proxies: proxies) == client)
  }

  @Test func `without the header it is who called`() {
    #expect(ForwardedAddress.client([:], peer: "10.0.0.1", proxies: 1) == "10.0.0.1")
  }
}
