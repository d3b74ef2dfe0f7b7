// What the clients in C and C++ send and how they measure; those in other languages do the same.
//
// A client warms up, then measures calls that begin and end within an interval, and prints
// calls TAB seconds TAB p50 TAB p99 TAB total: latencies in microseconds, total since its start.

#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ORDER_ID "5O190127TN364715T"
#define USER_ID 42
#define PRODUCT_URL "https://www.aliexpress.com/item/1005006104579280.html"
#define QUANTITY 2
#define IDEMPOTENCY_KEY "7d444840-9dc0-11d1-b245-5ffdce74fad2"
// The EchoMessage of these, encoded.
#define MESSAGE "\x0a\x11" ORDER_ID "\x10\x2a\x1a\x35" PRODUCT_URL "\x20\x02\x2a\x24" IDEMPOTENCY_KEY

#define WARM_UP_NANOSECONDS 500000000
#define DEADLINE_SECONDS 5
// Latencies are counted by the tenth of a microsecond, up to 0.2 s.
#define BUCKETS 2000000
#define BUCKETS_PER_MICROSECOND 10

struct measure {
  uint64_t begin, end;
  double seconds;
  uint64_t calls, total;
  uint32_t *buckets;
};

static inline void die(const char *what) {
  fprintf(stderr, "%s failed\n", what);
  exit(1);
}

static inline uint64_t now_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

// A client that hangs ends all the same.
static inline void measure_start(struct measure *measure, double seconds) {
  memset(measure, 0, sizeof *measure);
  measure->seconds = seconds;
  measure->begin = now_nanoseconds() + WARM_UP_NANOSECONDS;
  measure->end = measure->begin + (uint64_t)(seconds * 1e9);
  measure->buckets = (uint32_t *)calloc(BUCKETS, sizeof *measure->buckets);
  if (!measure->buckets) die("calloc");
  alarm((unsigned)seconds + 2 * DEADLINE_SECONDS);
}

// Takes the times of one call; true while the lane is to send its next.
static inline int measure_call(struct measure *measure, uint64_t sent, uint64_t answered) {
  measure->total++;
  if (sent >= measure->begin && answered <= measure->end) {
    uint64_t bucket = (answered - sent) * BUCKETS_PER_MICROSECOND / 1000;
    measure->buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    measure->calls++;
  }
  return answered < measure->end;
}

static inline double measure_percentile(const struct measure *measure, double share) {
  uint64_t wanted = (uint64_t)((double)measure->calls * share), seen = 0;
  for (uint64_t bucket = 0; bucket < BUCKETS; bucket++) {
    seen += measure->buckets[bucket];
    if (seen > wanted) return (double)bucket / BUCKETS_PER_MICROSECOND;
  }
  return 0;
}

static inline void measure_print(const struct measure *measure) {
  printf("%llu\t%g\t%.1f\t%.1f\t%llu\n", (unsigned long long)measure->calls, measure->seconds,
         measure_percentile(measure, 0.5), measure_percentile(measure, 0.99),
         (unsigned long long)measure->total);
}
