import Contract
import Everything
import Testing

/// The Swift side of the contract: names, defaults, enums.
struct ValueTests {
  @Test func `every field has a default and a message without any equals an empty one`() throws {
    #expect(try Order() == Order(protobuf: []))
    #expect(try Everything() == Everything(protobuf: []))
    #expect(try Order().protobuf().isEmpty)
    #expect(Order().state == .unspecified)
  }

  @Test func `acronyms in names keep one case`() {
    let order = Order(
      orderID: "o-1", skuID: "1", paypalOrderID: "P", approveURL: "https://example.com",
      supplierOrderIDs: ["2"])
    #expect(order.supplierOrderIDs == ["2"])
    #expect(Order.messageName == "dropwire.orders.v1.Order")
  }

  @Test func `an enum knows its names`() {
    #expect(OrderState.awaitingPayment.name == "ORDER_STATE_AWAITING_PAYMENT")
    #expect(OrderState.awaitingPayment.shortName == "AWAITING_PAYMENT")
    #expect(OrderState.unrecognized(77).name == "77")
    #expect(OrderState.unrecognized(77).shortName == "77")
    #expect(OrderState.allKnown.first == .unspecified)
    #expect(OrderState.allKnown.count == 14)
  }

  @Test func `numbers without a name are kept`() throws {
    for number in [77, -1, Int32.min, Int32.max] {
      let order = Order(state: OrderState(rawValue: number))
      #expect(order.state == .unrecognized(number))
      #expect(try Order(protobuf: order.protobuf()) == order)
      #expect(try Order(json: order.json()) == order)
    }
    let everything = Everything(color: .infrared, choice: .tint(.far))
    #expect(try Everything(protobuf: everything.protobuf()) == everything)
  }

  @Test(
    arguments: [
      .text(""), .number(0), .message(.init()), .data([]), .tint(.unspecified), .flag(false),
      .ratio(0), .text("a"), .number(.min), .message(.init(name: "a")), .data([0]), .ratio(-0.0),
      nil,
    ] as [Everything.Choice?])
  func `a oneof says which member is set, at its default too`(_ choice: Everything.Choice?) throws {
    let message = Everything(choice: choice)
    #expect(try Everything(protobuf: message.protobuf()) == message)
    #expect(try Everything(json: message.json()) == message)
  }

  @Test func `of several members of a oneof the last counts`() throws {
    let first = try Everything(choice: .message(.init(name: "a"))).protobuf()
    let second = try Everything(choice: .text("b")).protobuf()
    let third = try Everything(choice: .data([1])).protobuf()
    #expect(try Everything(protobuf: first + second).choice == .text("b"))
    #expect(try Everything(protobuf: second + first).choice == .message(.init(name: "a")))
    #expect(try Everything(protobuf: third + second + third).choice == .data([1]))
  }

  @Test func `an absent message and an empty one differ`() throws {
    #expect(try Everything(protobuf: Everything(nested: .init()).protobuf()).nested == .init())
    #expect(try Everything(protobuf: Everything().protobuf()).nested == nil)
  }

  @Test func `a newer message is read by what an older contract knows`() throws {
    let newer = Something(
      text: "new", nested: .init(name: "n"), fixed32Value: 1, fixed64Value: 2, number: -1)
    #expect(try Nothing(protobuf: newer.protobuf()) == Nothing())
    #expect(try Something(protobuf: Nothing().protobuf()) == Something())
  }
}
