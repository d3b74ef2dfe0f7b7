import ArgumentParser
import Contract

/// `dropwire listing`.
struct ListingVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "listing", abstract: "What resellers sell, at which price.",
    subcommands: [PutListingVerb.self, GetListingVerb.self, ListListingsVerb.self])
}

struct PutListingVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Put a listing, or replace it.",
    discussion: """
      EXAMPLES:
        dropwire listing put mug --user 42 --price 20.00 --title "Ceramic mug" \
      --url https://www.aliexpress.com/item/1005001000000001.html --sku 12000000000000001
      """)

  @Argument(help: "1 to 40 of a-z, 0-9, '-'.") var listing: String
  @Option(help: ArgumentHelp("The reseller; none for the platform itself.", valueName: "id"))
  var user: Int64 = 0
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What the buyer pays for one.", valueName: "amount"))
  var price: String
  @Option(help: "Currency of the price.") var currency = "USD"
  @Option(help: "For people.") var title: String
  @Option(help: "The supplier's page of the product.") var url: String
  @Option(help: ArgumentHelp("The exact variant.", valueName: "id")) var sku: String
  @OptionGroup var world: WorldOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let request = PutListingRequest(
      listingID: listing, userID: user, environment: world.environment, productURL: url,
      skuID: sku, title: title, price: try Typed.amount(price, currency, option: "--price"))
    let listing = try await session.orders.putListing(request, options: session.options)
    session.show(showing, json: listing.json(pretty: true)) { OrderPages.card(listing) }
  }
}

struct GetListingVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Show a listing.",
    discussion: """
      EXAMPLES:
        dropwire listing get mug
      """)

  @Argument(help: "The listing.") var listing: String
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let listing = try await session.orders.getListing(
      GetListingRequest(listingID: listing), options: session.options)
    session.show(showing, json: listing.json(pretty: true)) { OrderPages.card(listing) }
  }
}

struct ListListingsVerb: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what is sold.",
    discussion: """
      EXAMPLES:
        dropwire listing list --user 42
      """)

  @Option(help: ArgumentHelp("Only this reseller's.", valueName: "id")) var user: Int64 = 0
  @OptionGroup var page: PageOptions
  @OptionGroup var showing: ShowingOptions
  @OptionGroup var calling: CallingOptions

  func run(in session: Session) async throws {
    let answer = try await session.orders.listListings(
      ListListingsRequest(userID: user, pageSize: page.pageSize, pageToken: page.pageToken),
      options: session.options)
    session.show(showing, json: answer.json(pretty: true)) {
      OrderPages.table(answer.listings) + PageOptions.more(answer.nextPageToken)
    }
  }
}
