import GRDB
import GRDBSQLite

/// Statements on SQLite's own interface, compiled once per connection and kept by GRDB.
///
/// The only file that calls SQLite's functions. Parameters are bound by name, since SQLite numbers
/// `$2` as the first when it appears first.
extension Database {
  /// Runs a statement to its end.
  /// - Returns: the rows it changed.
  @discardableResult
  func run(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> Int {
    let prepared = try prepare(sql, values)
    defer { prepared.reset() }
    return try prepared.run()
  }

  /// All rows of the answer.
  func rows(_ sql: String, _ values: [SQLValue] = []) throws(StoreError) -> [Row] {
    let prepared = try prepare(sql, values)
    defer { prepared.reset() }
    return try prepared.rows()
  }

  private func compiled(_ sql: String) throws(StoreError) -> CompiledStatement {
    guard let connection = sqliteConnection else { throw .unavailable("the store is closed") }
    do {
      return try CompiledStatement(connection, try cachedStatement(sql: sql), sql)
    } catch let error as StoreError {
      throw error
    } catch let error as DatabaseError {
      throw StoreError(
        code: error.extendedResultCode.rawValue, message: error.message ?? "", sql: sql)
    } catch {
      throw .statement("\(error): \(sql)")
    }
  }

  /// A compiled statement with its values. Whoever asks for it resets it.
  ///
  /// - Parameter scope: keeps what is known of the statement for the members of a commit.
  func prepare(_ sql: String, _ values: [SQLValue], in scope: CommitScope? = nil)
    throws(StoreError) -> PreparedStatement
  {
    let compiled: CompiledStatement
    if let known = scope?.statements[sql] {
      compiled = known
    } else {
      compiled = try self.compiled(sql)
      scope?.statements[sql] = compiled
    }
    let prepared = PreparedStatement(compiled: compiled)
    do throws(StoreError) {
      try prepared.bind(values)
    } catch {
      prepared.reset()
      throw error
    }
    return prepared
  }
}

/// A statement as SQLite has compiled it, with the numbers of its parameters by their place.
struct CompiledStatement {
  fileprivate let connection: OpaquePointer
  fileprivate let statement: Statement
  fileprivate let sql: String
  /// 12 for `$12`.
  fileprivate let numbers: [Int]
  /// How many values it takes.
  fileprivate let valueCount: Int

  fileprivate var handle: OpaquePointer { statement.sqliteStatement }

  fileprivate init(_ connection: OpaquePointer, _ statement: Statement, _ sql: String)
    throws(StoreError)
  {
    (self.connection, self.statement, self.sql) = (connection, statement, sql)
    let handle = statement.sqliteStatement
    var numbers: [Int] = []
    var index: Int32 = 1
    while index <= sqlite3_bind_parameter_count(handle) {
      guard let number = Self.number(of: sqlite3_bind_parameter_name(handle, index)) else {
        throw .statement("no value for parameter \(index): \(sql)")
      }
      numbers.append(number)
      index += 1
    }
    self.numbers = numbers
    valueCount = numbers.max() ?? 0
  }

  /// 12 for `$12`; nil for a parameter of another form.
  private static func number(of name: UnsafePointer<CChar>?) -> Int? {
    guard var byte = name, byte.pointee == CChar(bitPattern: UInt8(ascii: "$")) else { return nil }
    var number = 0
    byte += 1
    while byte.pointee != 0 {
      let digit = Int(byte.pointee) - Int(UInt8(ascii: "0"))
      guard (0...9).contains(digit), number < 100_000 else { return nil }
      number = number * 10 + digit
      byte += 1
    }
    return number > 0 ? number : nil
  }
}

/// A compiled statement with its values, on its way through the rows.
struct PreparedStatement {
  fileprivate let compiled: CompiledStatement

  private var handle: OpaquePointer { compiled.handle }
  private var sql: String { compiled.sql }

  /// Whether it leaves the database as it is.
  var isReading: Bool { sqlite3_stmt_readonly(handle) != 0 }

  /// Runs to its end.
  /// - Returns: the rows it changed.
  func run() throws(StoreError) -> Int {
    while try next() {}
    return Int(sqlite3_changes(compiled.connection))
  }

  /// The first row; the others are not read.
  func firstRow() throws(StoreError) -> Row? { try next() ? row() : nil }

  func rows() throws(StoreError) -> [Row] {
    var rows: [Row] = []
    while try next() { rows.append(try row()) }
    return rows
  }

  /// Tells SQLite to copy what is bound.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  fileprivate func bind(_ values: [SQLValue]) throws(StoreError) {
    guard compiled.valueCount == values.count else {
      throw .statement("\(values.count) values for \(compiled.valueCount) parameters: \(sql)")
    }
    var index: Int32 = 1
    for number in compiled.numbers {
      try check(bind(values[number - 1], at: index))
      index += 1
    }
  }

  private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
    switch value {
    case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
    case .null: return sqlite3_bind_null(handle, index)
    case .text(var text):
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          // An empty buffer may have no address, which SQLite would take for NULL.
          guard let start = $0.baseAddress else {
            return sqlite3_bind_text(handle, index, "", 0, Self.copied)
          }
          return sqlite3_bind_text(handle, index, start, Int32($0.count), Self.copied)
        }
      }
    case .blob(let bytes):
      if bytes.isEmpty { return sqlite3_bind_zeroblob(handle, index, 0) }
      return bytes.withUnsafeBytes {
        sqlite3_bind_blob(handle, index, $0.baseAddress, Int32($0.count), Self.copied)
      }
    }
  }

  /// Goes to the next row; false after the last.
  private func next() throws(StoreError) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code)
    }
  }

  private func row() throws(StoreError) -> Row {
    var values: [SQLValue] = []
    let count = sqlite3_column_count(handle)
    values.reserveCapacity(Int(count))
    var column: Int32 = 0
    while column < count {
      values.append(try value(column))
      column += 1
    }
    return Row(columns: compiled.statement.columnNames, values: values)
  }

  private func value(_ column: Int32) throws(StoreError) -> SQLValue {
    switch sqlite3_column_type(handle, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
    case SQLITE_NULL: return .null
    case SQLITE_TEXT:
      let start = sqlite3_column_text(handle, column)
      let bytes = UnsafeBufferPointer(
        start: start, count: Int(sqlite3_column_bytes(handle, column)))
      return .text(String(decoding: bytes, as: UTF8.self))
    case SQLITE_BLOB:
      let start = sqlite3_column_blob(handle, column)
      let bytes = UnsafeRawBufferPointer(
        start: start, count: Int(sqlite3_column_bytes(handle, column)))
      return .blob(Array(bytes))
    default: throw .statement("floating-point numbers are not stored: \(sql)")
    }
  }

  /// Ends the run, so that no read stays open.
  func reset() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  private func check(_ code: Int32) throws(StoreError) {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: Int32) -> StoreError {
    StoreError(code: code, message: String(cString: sqlite3_errmsg(compiled.connection)), sql: sql)
  }
}

extension StoreError {
  /// - Parameter code: SQLite's, extended or not.
  init(code: Int32, message: String, sql: String) {
    switch code & 0xFF {
    case SQLITE_CONSTRAINT: self = .constraint(message)
    case SQLITE_FULL, SQLITE_IOERR, SQLITE_NOMEM, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CORRUPT,
      SQLITE_NOTADB, SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_INTERRUPT, SQLITE_PROTOCOL:
      self = .unavailable("\(message) (SQLite \(code))")
    default: self = .statement("\(message) (SQLite \(code)): \(sql)")
    }
  }
}
