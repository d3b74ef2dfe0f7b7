import ArgumentParser
import Contract
import Foundation
import RPC

/// `dropwire checkout`.
struct CheckoutVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "checkout",
    abstract: "Make an order of a listing, and the buyer's payment for it.",
    discussion: """
      The order id is made here when none is given. The same command with the same --order answers \
      with the order as it is now.

      EXAMPLES:
        dropwire checkout --listing mug --order my-first --ship-to us-example
        dropwire checkout --listing mug --quantity 2 --ship-to address.json
        dropwire checkout --listing mug --ship-to us-example --name "Grace Hopper" --city Oakland
      """)

  @Option(help: "What is bought.") var listing: String
  @Option(help: ArgumentHelp("A UUID, or 1 to 40 of a-z, 0-9, '-'.", valueName: "order"))
  var order: String?
  @Option(help: "How many.") var quantity: Int32 = 1
  @OptionGroup(title: "Ship to") var shipTo: ShipTo
  @Option(help: "Where PayPal sends the buyer after the approval.") var returnUrl = ""
  @Option(help: "Where PayPal sends the buyer who gives up.") var cancelUrl = ""
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    guard let address = try shipTo.address() else {
      throw Complaint(
        .usage,
        "where do the goods go? Give --ship-to \(ShipTo.exampleWord), a file, or --name, "
          + "--phone, --line1, --city, --postal-code, --country")
    }
    let request = CreateCheckoutRequest(
      orderID: order ?? UUID().uuidString.lowercased(), listingID: listing, quantity: quantity,
      shipTo: address, returnURL: returnUrl, cancelURL: cancelUrl)
    let order = try await session.orders.createCheckout(request, options: session.options)
    session.show(order, showing)
  }
}

/// `dropwire capture`.
struct CaptureVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "Capture the buyer's payment; the rest goes on by itself.",
    discussion: """
      EXAMPLES:
        dropwire capture my-first
      """)

  @Argument(help: "The order.") var order: String
  @Option(help: ArgumentHelp("The PayPal order that the buyer approved.", valueName: "id"))
  var paypalOrder = ""
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = CaptureOrderRequest(orderID: order, paypalOrderID: paypalOrder)
    let order = try await session.orders.captureOrder(request, options: session.options)
    session.show(order, showing)
  }
}
