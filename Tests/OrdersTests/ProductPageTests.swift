import RPC
import Runtime
import Testing

/// Which addresses are a product's page, and whose.
@Suite struct ProductPageTests {
  @Test(arguments: [
    ("https://www.aliexpress.com/item/1005001000000001.html", "1005001000000001"),
    ("https://aliexpress.us/item/3256801.html?spm=a2g0o#top", "3256801"),
    ("http://es.aliexpress.com/item/1005001000000001", "1005001000000001"),
    ("https://www.aliexpress.com/item/Ceramic-Mug/32900000001.html", "32900000001"),
  ])
  func `a product's page gives the product's id`(_ url: String, _ id: String) {
    var fields = Fields()
    #expect(fields.productPage("product_url", url) == id)
    #expect(fields.areValid)
  }

  @Test(arguments: [
    "", "mug", "https://www.aliexpress.com", "https://www.aliexpress.com/item/",
    "https://www.aliexpress.com/item/mug.html", "https://www.aliexpress.com/store/1005001.html",
    "https://evil.example/item/1005001.html", "https://aliexpress.com.evil.example/item/1.html",
    "https://user@evil.example:80/item/1.html", "https://www.aliexpress.com/a/item/1.html",
    "ftp://www.aliexpress.com/item/1.html", "https://aliexpress/item/1.html",
    "https://www.aliexpress.com/item/123456789012345678901.html",
  ])
  func `anything else is refused with what would be right`(_ url: String) {
    var fields = Fields()
    #expect(fields.productPage("product_url", url) == nil)
    #expect(fields.refusal.violations.map(\.field) == ["product_url"])
    #expect(fields.refusal.violations[0].description.contains("aliexpress.com/item/"))
  }
}
