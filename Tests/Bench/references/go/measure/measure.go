// Package measure is measure.h for Go: what clients send and how they measure.
package measure

import (
	"fmt"
	"log"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"
)

const (
	OrderID        = "5O190127TN364715T"
	UserID         = 42
	ProductURL     = "https://www.aliexpress.com/item/1005006104579280.html"
	Quantity       = 2
	IdempotencyKey = "7d444840-9dc0-11d1-b245-5ffdce74fad2"

	Deadline = 5 * time.Second
	warmUp   = 500 * time.Millisecond
)

type lane struct {
	latencies []uint32
	total     int
}

// Socket is the first argument.
func Socket() string {
	if len(os.Args) < 2 {
		log.Fatal("usage: server SOCKET | client SOCKET IN_FLIGHT SECONDS")
	}
	return os.Args[1]
}

// Run sends calls in lanes, a goroutine each, and prints the line of figures. A lane gets its
// x-request-id and answers with what sends and checks one call.
func Run(newLane func(requestID string) func() error) {
	if len(os.Args) != 4 {
		log.Fatal("usage: client SOCKET IN_FLIGHT SECONDS")
	}
	count, err := strconv.Atoi(os.Args[2])
	seconds, err2 := strconv.ParseFloat(os.Args[3], 64)
	if err != nil || err2 != nil {
		log.Fatal("usage: client SOCKET IN_FLIGHT SECONDS")
	}
	begin := time.Now().Add(warmUp)
	end := begin.Add(time.Duration(seconds * float64(time.Second)))
	lanes := make([]lane, count)
	var open sync.WaitGroup
	for number := range lanes {
		open.Add(1)
		go func(lane *lane, call func() error) {
			defer open.Done()
			lane.run(call, begin, end)
		}(&lanes[number], newLane(fmt.Sprintf("bench-lane-%d", number)))
	}
	open.Wait()
	report(lanes, seconds)
}

func (lane *lane) run(call func() error, begin, end time.Time) {
	sent := time.Now()
	for sent.Before(end) {
		if err := call(); err != nil {
			log.Fatal(err)
		}
		answered := time.Now()
		lane.total++
		if !sent.Before(begin) && !answered.After(end) {
			lane.latencies = append(lane.latencies, uint32(answered.Sub(sent)/100))
		}
		sent = answered
	}
}

func report(lanes []lane, seconds float64) {
	var latencies []uint32
	total := 0
	for _, lane := range lanes {
		latencies = append(latencies, lane.latencies...)
		total += lane.total
	}
	sort.Slice(latencies, func(a, b int) bool { return latencies[a] < latencies[b] })
	percentile := func(share float64) float64 {
		if len(latencies) == 0 {
			return 0
		}
		return float64(latencies[int(float64(len(latencies))*share)]) / 10
	}
	fmt.Printf("%d\t%g\t%.1f\t%.1f\t%d\n", len(latencies), seconds, percentile(0.5),
		percentile(0.99), total)
}
