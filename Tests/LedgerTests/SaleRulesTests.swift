import Money
import Testing

@testable import Ledger

/// How a sale is divided: tables, then identities over random values.
@Suite struct SaleRulesTests {
  private static func usd(_ cents: Int64) -> Amount { Amount(minorUnits: cents, currency: .usd) }

  private static func terms(
    _ price: Int64, _ cost: Int64, _ fee: Int64, _ rate: Int, _ funder: Funder = .reseller,
    user: Int64 = 42
  ) -> SaleTerms {
    SaleTerms(
      price: usd(price), landedCost: usd(cost), paymentFee: usd(fee), rateBasisPoints: rate,
      fundedBy: funder, userID: user)
  }

  /// price, cost, fee, rate -> gross, commission, net.
  @Test(arguments: [
    ([2000, 800, 0, 1000], [1200, 120, 1080]),
    ([2000, 800, 119, 1000], [1081, 108, 973]),
    ([2000, 800, 0, 0], [1200, 0, 1200]),
    ([2000, 800, 0, 10_000], [1200, 1200, 0]),
    ([2000, 800, 0, 1], [1200, 0, 1200]),
    // Half up: 0.05 of a cent is nothing, 0.5 is one.
    ([105, 100, 0, 1000], [5, 1, 4]),
    ([104, 100, 0, 1000], [4, 0, 4]),
    // Losses are carried by the reseller, without commission.
    ([900, 1000, 0, 1000], [-100, 0, -100]),
    ([900, 900, 80, 1000], [-80, 0, -80]),
    ([900, 900, 0, 1000], [0, 0, 0]),
    ([1, 0, 2, 1000], [-1, 0, -1]),
  ])
  func `price, cost and fee give gross, commission and net`(_ given: [Int64], _ expected: [Int64])
    throws
  {
    let figures = try SaleRules.figures(
      Self.terms(given[0], given[1], given[2], Int(given[3])))
    #expect(
      [figures.gross, figures.commission, figures.net].map(\.minorUnits) == expected)
  }

  @Test func `whatever the terms, the parts make the price and the postings balance`() throws {
    var random = SeededNumbers(seed: 1)
    for _ in 0..<2000 {
      let funder = Funder.allCases.randomElement(using: &random) ?? .platform
      let user: Int64 = Bool.random(using: &random) ? 42 : 0
      let terms = Self.terms(
        .random(in: 1...1_000_000, using: &random), .random(in: 0...1_000_000, using: &random),
        .random(in: 0...50_000, using: &random), .random(in: 0...10_000, using: &random),
        user == 0 ? .platform : funder, user: user)
      let figures = try SaleRules.figures(terms)
      let parts = [terms.paymentFee, terms.landedCost, figures.commission, figures.net]
      #expect(parts.reduce(0) { $0 + $1.minorUnits } == terms.price.minorUnits)
      #expect(!figures.commission.isNegative)
      let postings = try SaleRules.salePostings(terms, figures, refunded: Self.usd(0))
      #expect(postings.allSatisfy { $0.amount.isPositive && $0.debit != $0.credit })
      // What payees are credited is what they are due.
      for due in try SaleRules.dues(terms, figures) {
        let account = due.payee.account
        let credited = postings.reduce(0) { sum, posting in
          sum + (posting.credit == account ? posting.amount.minorUnits : 0)
            - (posting.debit == account ? posting.amount.minorUnits : 0)
        }
        #expect(credited == due.amount.minorUnits)
      }
    }
  }

  @Test func `the postings of the reference sale`() throws {
    let terms = Self.terms(2000, 800, 0, 1000)
    let postings = try SaleRules.salePostings(
      terms, SaleRules.figures(terms), refunded: Self.usd(0))
    #expect(
      postings == [
        Posting(debit: .buyerDeposits, credit: .sales, amount: Self.usd(2000)),
        Posting(debit: .supplierCost, credit: .reseller(42), amount: Self.usd(800)),
        Posting(debit: .commission, credit: .adminPayable, amount: Self.usd(120)),
        Posting(debit: .resellerShare, credit: .reseller(42), amount: Self.usd(1080)),
      ])
  }

  @Test func `a loss takes from the reseller, whom the platform's purchase does not pay back`()
    throws
  {
    let terms = Self.terms(900, 1000, 0, 1000, .platform)
    let postings = try SaleRules.salePostings(
      terms, SaleRules.figures(terms), refunded: Self.usd(0))
    #expect(
      postings == [
        Posting(debit: .buyerDeposits, credit: .sales, amount: Self.usd(900)),
        Posting(debit: .supplierCost, credit: .platformFunds, amount: Self.usd(1000)),
        Posting(debit: .reseller(42), credit: .resellerShare, amount: Self.usd(100)),
      ])
    #expect(
      try SaleRules.dues(terms, SaleRules.figures(terms)).map(\.amount.minorUnits) == [0, -100])
  }

  @Test func `a house order's shares stay with the platform and nothing is paid out`() throws {
    let terms = Self.terms(2000, 800, 100, 1000, .platform, user: 0)
    let figures = try SaleRules.figures(terms)
    let credits = try SaleRules.salePostings(terms, figures, refunded: Self.usd(0)).map(\.credit)
    #expect(credits == [.sales, .platformFunds, .platformFunds, .platformFunds])
    #expect(try SaleRules.dues(terms, figures).isEmpty)
  }

  @Test func `amounts that overflow or mix currencies are refused`() throws {
    let yen = Amount(minorUnits: 5, currency: try Currency(validating: "JPY"))
    let mixed = SaleTerms(
      price: Self.usd(2000), landedCost: yen, paymentFee: Self.usd(0), rateBasisPoints: 1000,
      fundedBy: .reseller, userID: 42)
    #expect(throws: MoneyError.self) { try SaleRules.figures(mixed) }
    let huge = Self.terms(Int64.min + 1, Int64.max, 5, 1000)
    #expect(throws: MoneyError.self) { try SaleRules.figures(huge) }
  }
}
