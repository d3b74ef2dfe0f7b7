import Contract
import Testing

struct TimestampTests {
  @Test(
    arguments: [
      (0, 0, 0), (1, 0, 1_000_000), (1500, 1, 500_000_000), (-1, -1, 999_000_000),
      (-1000, -1, 0), (1_790_000_000_250, 1_790_000_000, 250_000_000),
    ] as [(Int64, Int64, Int32)])
  func `milliseconds become seconds and nanoseconds that are never negative`(
    _ milliseconds: Int64, _ seconds: Int64, _ nanos: Int32
  ) {
    let time = Timestamp(milliseconds: milliseconds)
    #expect(time == Timestamp(seconds: seconds, nanos: nanos))
    #expect(time.milliseconds == milliseconds)
  }

  @Test func `times that no Int64 can tell in milliseconds are its ends`() {
    #expect(Timestamp(seconds: .max, nanos: 0).milliseconds == .max)
    #expect(Timestamp(seconds: .min, nanos: 0).milliseconds == .min)
    #expect(Timestamp(seconds: .max / 1000, nanos: .max).milliseconds == .max)
    #expect(Timestamp(milliseconds: .min).milliseconds == .min)
    #expect(Timestamp(milliseconds: .max).milliseconds == .max)
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0), ("2000-02-29T12:00:00.000001Z", 951_825_600, 1000),
      ("1969-12-31T23:59:59.999999999Z", -1, 999_999_999),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0), ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
      ("2026-09-21T14:13:20.250Z", 1_790_000_000, 250_000_000),
    ] as [(String, Int64, Int32)])
  func `times are written as RFC 3339 and read back`(
    _ text: String, _ seconds: Int64, _ nanos: Int32
  ) throws {
    let rate = CommissionRate(updatedAt: Timestamp(seconds: seconds, nanos: nanos))
    #expect(rate.json() == #"{"updatedAt":"\#(text)"}"#)
    #expect(try CommissionRate(json: rate.json()) == rate)
  }

  @Test(
    arguments: [
      ("2026-09-21T16:13:20+02:00", 1_790_000_000), ("2026-09-21T08:43:20.0-05:30", 1_790_000_000),
    ] as [(String, Int64)])
  func `a time of another zone is read`(_ text: String, _ seconds: Int64) throws {
    let rate = try CommissionRate(json: #"{"updatedAt": "\#(text)"}"#)
    #expect(rate.updatedAt == Timestamp(seconds: seconds))
  }

  @Test(arguments: [
    "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01",
    "2026-01-01T00:00:00", "2026-01-01T00:00:60Z", "0000-12-31T23:59:59Z",
    "9999-12-31T23:59:59-00:01", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.0000000001Z", "",
  ])
  func `a time that the calendar lacks is refused`(_ text: String) {
    do throws(ContractError) {
      _ = try CommissionRate(json: #"{"updatedAt": "\#(text)"}"#)
      Issue.record("taken")
    } catch {
      #expect(error.path == "updatedAt")
    }
  }
}
