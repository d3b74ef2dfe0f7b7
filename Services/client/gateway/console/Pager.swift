/// Ways to the other pages of a list. The names are the template's.
struct Pager: Sendable {
  /// Empty on the first page.
  let first: String
  /// Empty on the last.
  let next: String
  let firstLabel: String
  let nextLabel: String
  let isNeeded: Bool

  /// - Parameters:
  ///   - next: the token of the next page; empty on the last.
  ///   - query: what the list is about, by name; empty values are left out.
  init(
    _ call: RouteCall, _ path: String, next: String, _ query: [(String, String)] = [],
    labels: (first: String, next: String) = ("Newest", "Older")
  ) {
    first = call.query.pageToken.isEmpty ? "" : Console.path(path, query)
    self.next = next.isEmpty ? "" : Console.path(path, query + [("pageToken", next)])
    (firstLabel, nextLabel) = labels
    isNeeded = !first.isEmpty || !self.next.isEmpty
  }
}
