import Contract
import HTTPTypes
import Hummingbird
import NIOCore
import Presentation
import RPC

/// One order: where it stands, why it waits, what may be done, and its whole story. The names are the
/// template's.
struct StoryPage: Sendable {
  struct Fact: Sendable {
    let name: String
    let text: String
    var isCode = false
    var isLink = false
    /// What a link shows.
    var label = ""
  }

  struct Group: Sendable {
    let title: String
    let facts: [Fact]
  }

  struct PostingLine: Sendable {
    let debit: String
    let credit: String
    let amount: String
  }

  struct Shot: Sendable {
    let path: String
    let step: String
  }

  struct Item: Sendable {
    let key: String
    let time: String
    let passed: String
    let service: String
    let title: String
    let tone: String
    let who: String
    /// What the order's state is from then on; empty when it stays.
    let state: String
    let stateTone: String
    let text: String
    /// Whether the text is a key, which is shown as it is.
    let isCode: Bool
    let facts: [Fact]
    let postings: [PostingLine]
    let shots: [Shot]
    let shotsLabel: String
  }

  let orderID: String
  let state: String
  let tone: String
  let world: String
  /// Where the buyer pays; empty when he need not.
  let payAt: String
  /// One, or none.
  let waits: [WaitBox]
  let actions: [ActionForm]
  let groups: [Group]
  let items: [Item]
  /// Services that did not answer.
  let missing: [String]
}

extension Console {
  static let storyRoutes: [Route] = [
    Route(
      .get, "/console/orders/{orderId}", "storyPage", "An order's story.", audience: .session,
      answer: .page
    ) { try await story($0) },
    Route(
      .get, "/console/orders/{orderId}/screenshots/{name}", "screenshot",
      "What a browser saw. For administrators.", audience: .session, answer: .page
    ) { call in
      let shot = try await call.services.purchasing.getScreenshot(
        .init(orderID: call.id("orderId"), name: call.id("name")), options: call.options)
      return Response(
        status: .ok,
        headers: [.contentType: "image/png", .cacheControl: "private, max-age=3600, immutable"],
        body: .init(byteBuffer: ByteBuffer(bytes: shot.image)))
    },
  ]

  /// - Parameter sent: the form of an action that comes back.
  static func story(
    _ call: RouteCall, sent: (action: OrderAction, SentForm)? = nil, status: Int = 200
  ) async throws -> Response {
    let isAdmin = call.session?.isAdmin == true
    let reader = StoryReader(services: call.services, options: call.options, isAdmin: isAdmin)
    let (order, answer) = try await reader.read(call.id("orderId"))
    let page = StoryPage(order, answer, isAdmin: isAdmin, sent: sent)
    let notice = sent.map { Notice(tone: "bad", text: "Nothing was done. \($0.1.detail)") }
    return call.page(
      "story", "Order \(order.orderID)", .orders, page, notice: notice,
      status: .init(code: status))
  }
}
