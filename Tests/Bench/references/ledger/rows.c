// All that a ledger writes for a sale, in SQLite inside one process, with so many sales in each commit:
// what is left for a service with the same tables, indexes and triggers that writes each sale by itself
// (ours writes the sums and the intent once a commit). The tables are made
// like those of the ledger's file; the captures are there before. Payouts stay as they are made.
// usage: ledger-rows FILE SALES_PER_COMMIT SECONDS LEDGER_FILE; prints sales per second.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CAPTURES 200000
#define AT "1790000000000"

static sqlite3 *db;

static void must(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static void execute(const char *sql) { must(sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static void copy_schema(const char *path) {
  sqlite3_stmt *attach = prepare("ATTACH ? AS ledger");
  must(sqlite3_bind_text(attach, 1, path, -1, SQLITE_STATIC));
  must(sqlite3_step(attach));
  must(sqlite3_finalize(attach));
  sqlite3_stmt *schema = prepare(
      "SELECT sql FROM ledger.sqlite_schema WHERE sql <> '' AND name NOT LIKE 'sqlite_%'"
      " ORDER BY type = 'table' DESC, rowid");
  while (sqlite3_step(schema) == SQLITE_ROW) execute((const char *)sqlite3_column_text(schema, 0));
  must(sqlite3_finalize(schema));
  execute("DETACH ledger");
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

// Each with the number of the sale and its reseller as parameters.
static const char *const texts[] = {
    "SELECT * FROM capture LEFT JOIN sale USING (orderID) WHERE orderID = 'o-' || ?1 AND ?2 > 0",
    "INSERT INTO sale (orderID, userID, environment, currency, price, landedCost, paymentFee, gross,"
    " commission, net, rateBasisPoints, fundedBy, productURL, marketplace, occurredAt, recordedAt)"
    " VALUES ('o-' || ?1, ?2, 1, 'USD', 2000, 800, 88, 1112, 111, 1001, 1000, 'reseller',"
    " 'https://www.aliexpress.com/item/1005006104579280.html', 'aliexpress', " AT ", " AT ")",
    "SELECT hash FROM journalEntry WHERE chain = 'main' AND ?1 + ?2 > 0 ORDER BY sequence DESC"
    " LIMIT 1",
    "INSERT INTO journalEntry VALUES ('main', ?1, 'o-' || ?1 || '/sale', 'sale', 'o-' || ?1, 1, " AT
    ", " AT ", zeroblob(32 + 0 * ?2))",
    "INSERT INTO posting VALUES ('main', ?1, 1, 'buyerDeposits', 'sales', 2000, 'USD'),"
    " ('main', ?1, 2, 'supplierCost', 'reseller:' || ?2, 800, 'USD'),"
    " ('main', ?1, 3, 'commission', 'adminPayable', 111, 'USD'),"
    " ('main', ?1, 4, 'resellerShare', 'reseller:' || ?2, 1001, 'USD')",
    "INSERT INTO account VALUES (1, 'buyerDeposits', 'USD', 2000, 0 * ?1),"
    " (1, 'sales', 'USD', 0, 2000), (1, 'supplierCost', 'USD', 800, 0),"
    " (1, 'reseller:' || ?2, 'USD', 0, 1801), (1, 'commission', 'USD', 111, 0),"
    " (1, 'adminPayable', 'USD', 0, 111), (1, 'resellerShare', 'USD', 1001, 0)"
    " ON CONFLICT (environment, name, currency) DO UPDATE SET"
    " debits = account.debits + excluded.debits, credits = account.credits + excluded.credits",
    "INSERT INTO payout (payoutID, orderID, payee, environment, currency, due, state, nextAt,"
    " createdAt, updatedAt) VALUES ('o-' || ?1 || '/admin', 'o-' || ?1, 'admin', 1, 'USD', 111,"
    " 'PENDING', " AT ", " AT ", " AT "), ('o-' || ?1 || '/reseller', 'o-' || ?1,"
    " 'reseller:' || ?2, 1, 'USD', 1801, 'PENDING', " AT ", " AT ", " AT ")",
    "INSERT INTO intent (kind, subject, dueAt, attempts, note, revision) VALUES ('sendPayouts',"
    " 'sandbox/USD', " AT " + ?1 / 30, 0 * ?2, '', ?1) ON CONFLICT (kind, subject) DO UPDATE"
    " SET dueAt = excluded.dueAt, revision = excluded.revision",
};
#define COUNT (sizeof texts / sizeof texts[0])

int main(int count, char **arguments) {
  if (count != 5) return 2;
  const long batch = atol(arguments[2]);
  const double seconds = atof(arguments[3]);
  must(sqlite3_open(arguments[1], &db));
  execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
      "PRAGMA wal_autocheckpoint = 4000");
  copy_schema(arguments[4]);
  char captures[400];
  snprintf(
      captures, sizeof captures,
      "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < %d)"
      "INSERT INTO capture SELECT 'o-' || v, v %% 10000 + 1, 1, 'USD', 2000, 88, 'c-' || v FROM n;"
      "PRAGMA wal_checkpoint (TRUNCATE); PRAGMA foreign_keys = ON",
      CAPTURES);
  execute(captures);
  sqlite3_stmt *statements[COUNT];
  for (unsigned at = 0; at < COUNT; at++) statements[at] = prepare(texts[at]);
  const double start = now();
  long number = 0;
  while (now() - start < seconds && number + batch <= CAPTURES) {
    execute("BEGIN IMMEDIATE");
    for (long in = 0; in < batch; in++) {
      number++;
      for (unsigned at = 0; at < COUNT; at++) {
        must(sqlite3_bind_int64(statements[at], 1, number));
        must(sqlite3_bind_int64(statements[at], 2, number % 10000 + 1));
        must(sqlite3_step(statements[at]));
        must(sqlite3_reset(statements[at]));
      }
    }
    execute("COMMIT");
  }
  printf("%.0f\n", number / (now() - start));
  return 0;
}
