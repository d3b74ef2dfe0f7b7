import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Presentation

/// A list as a file, all of its pages, with the columns that `--csv` of the command line has.
enum CSVFile {
  /// Lines that are asked for at once.
  static let linesOfPage: Int32 = 500

  /// - Parameter page: the sheet that a page token leads to, and the token of the next, empty at the
  ///   end. The first is read before anything is answered, so that a refusal can still be told.
  static func response(
    _ name: String, page: @escaping @Sendable (String) async throws -> (Sheet, next: String)
  ) async throws -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: "text/csv; charset=utf-8",
        .contentDisposition: "attachment; filename=\"\(name).csv\"",
      ], body: .init(asyncSequence: try await pieces(page)))
  }

  /// The file, page by page, with one heading.
  static func pieces(_ page: @escaping @Sendable (String) async throws -> (Sheet, next: String))
    async throws -> AsyncThrowingStream<ByteBuffer, any Error>
  {
    let (sheet, next) = try await page("")
    return AsyncThrowingStream { continuation in
      continuation.yield(ByteBuffer(string: sheet.csv))
      let task = Task {
        var token = next
        do {
          while !token.isEmpty {
            let (sheet, next) = try await page(token)
            continuation.yield(ByteBuffer(string: sheet.csvRows))
            token = next
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
