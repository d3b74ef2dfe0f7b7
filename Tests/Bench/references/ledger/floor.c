// The posting of post.sql in SQLite inside one process, with so many sales in each commit: the floor
// of any ledger on SQLite. WAL and synchronous=FULL, as the ledger has them.
// usage: ledger-floor FILE SALES_PER_COMMIT SECONDS [LEDGER_FILE, not read]; prints sales per second.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void must(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE) return;
  fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *statement;
  must(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

static void text(sqlite3_stmt *statement, int at, const char *value) {
  must(sqlite3_bind_text(statement, at, value, -1, SQLITE_STATIC));
}

static void run(sqlite3_stmt *statement) {
  must(sqlite3_step(statement));
  must(sqlite3_reset(statement));
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static sqlite3_stmt *sale, *entry, *posting, *sums;

static void post(long number) {
  const long price = 2000, cost = 800, fee = 88, gross = price - cost - fee;
  const long commission = (gross * 1000 + 5000) / 10000, net = gross - commission;
  char order[32], id[40], reseller[32];
  long user = random() % 10000 + 1;
  snprintf(order, sizeof order, "o-%ld", number);
  snprintf(id, sizeof id, "%s/sale", order);
  snprintf(reseller, sizeof reseller, "reseller:%ld", user);
  text(sale, 1, order);
  const long columns[] = {user, price, cost, fee, gross, commission, net};
  for (int at = 0; at < 7; at++) sqlite3_bind_int64(sale, at + 2, columns[at]);
  run(sale);
  sqlite3_bind_int64(entry, 1, number);
  text(entry, 2, id);
  text(entry, 3, order);
  run(entry);
  const char *lines[4][2] = {{"buyerDeposits", "sales"}, {"supplierCost", reseller},
                             {"commission", "adminPayable"}, {"resellerShare", reseller}};
  const long amounts[] = {price, cost, commission, net};
  for (int line = 0; line < 4; line++) {
    sqlite3_bind_int64(posting, 1, number);
    sqlite3_bind_int64(posting, 2, line + 1);
    text(posting, 3, lines[line][0]);
    text(posting, 4, lines[line][1]);
    sqlite3_bind_int64(posting, 5, amounts[line]);
    run(posting);
  }
  const struct { const char *name; long debit, credit; } accounts[] = {
      {reseller, 0, cost + net}, {"adminPayable", 0, commission}, {"buyerDeposits", price, 0},
      {"commission", commission, 0}, {"resellerShare", net, 0}, {"sales", 0, price},
      {"supplierCost", cost, 0}};
  for (int at = 0; at < 7; at++) {
    text(sums, 1, accounts[at].name);
    sqlite3_bind_int64(sums, 2, accounts[at].debit);
    sqlite3_bind_int64(sums, 3, accounts[at].credit);
    run(sums);
  }
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  const long batch = atol(arguments[2]);
  const double seconds = atof(arguments[3]);
  must(sqlite3_open(arguments[1], &db));
  must(sqlite3_exec(
      db,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
      "PRAGMA wal_autocheckpoint = 4000;"
      "CREATE TABLE account (name TEXT NOT NULL, currency TEXT NOT NULL, debits INTEGER NOT NULL"
      "  CHECK (debits >= 0), credits INTEGER NOT NULL CHECK (credits >= 0),"
      "  PRIMARY KEY (name, currency)) STRICT, WITHOUT ROWID;"
      "CREATE TABLE journalEntry (sequence INTEGER PRIMARY KEY, entryID TEXT NOT NULL UNIQUE,"
      "  kind TEXT NOT NULL, orderID TEXT NOT NULL, occurredAt INTEGER NOT NULL,"
      "  recordedAt INTEGER NOT NULL) STRICT;"
      "CREATE TABLE posting (sequence INTEGER NOT NULL REFERENCES journalEntry, line INTEGER NOT NULL,"
      "  debit TEXT NOT NULL, credit TEXT NOT NULL CHECK (credit <> debit), amount INTEGER NOT NULL"
      "  CHECK (amount > 0), currency TEXT NOT NULL, PRIMARY KEY (sequence, line))"
      "  STRICT, WITHOUT ROWID;"
      "CREATE TABLE sale (number INTEGER PRIMARY KEY, orderID TEXT NOT NULL UNIQUE,"
      "  userID INTEGER NOT NULL, price INTEGER NOT NULL, landedCost INTEGER NOT NULL,"
      "  paymentFee INTEGER NOT NULL, gross INTEGER NOT NULL"
      "  CHECK (gross = price - landedCost - paymentFee), commission INTEGER NOT NULL,"
      "  net INTEGER NOT NULL CHECK (net = gross - commission)) STRICT;"
      "CREATE INDEX saleByUser ON sale (userID, number);",
      NULL, NULL, NULL));
  sale = prepare(
      "INSERT INTO sale (orderID, userID, price, landedCost, paymentFee, gross, commission, net)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  entry = prepare("INSERT INTO journalEntry VALUES (?, ?, 'sale', ?, 1790000000000, 1790000000000)");
  posting = prepare("INSERT INTO posting VALUES (?, ?, ?, ?, ?, 'USD')");
  sums = prepare(
      "INSERT INTO account VALUES (?, 'USD', ?, ?) ON CONFLICT (name, currency) DO UPDATE"
      " SET debits = debits + excluded.debits, credits = credits + excluded.credits");
  sqlite3_stmt *begin = prepare("BEGIN IMMEDIATE"), *commit = prepare("COMMIT");
  const double start = now();
  long number = 0;
  while (now() - start < seconds) {
    run(begin);
    for (long in = 0; in < batch; in++) post(++number);
    run(commit);
  }
  printf("%.0f\n", number / (now() - start));
  return 0;
}
