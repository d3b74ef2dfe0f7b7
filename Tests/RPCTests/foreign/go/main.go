// A stock gRPC client and server, of grpc-go, that speak raw bytes.
//
// Usage: grpc-go client SOCKET CASE... | grpc-go server SOCKET
package main

import (
	"fmt"
	"os"
)

// raw leaves messages as they are.
type raw struct{}

func (raw) Marshal(value interface{}) ([]byte, error) { return *value.(*[]byte), nil }

func (raw) Unmarshal(bytes []byte, value interface{}) error {
	*value.(*[]byte) = append([]byte(nil), bytes...)
	return nil
}

func (raw) Name() string   { return "proto" }
func (raw) String() string { return "proto" }

const (
	service    = "/test.v1.Test/"
	anyMessage = 1 << 30
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: client SOCKET CASE... | server SOCKET")
		os.Exit(2)
	}
	if os.Args[1] == "server" {
		serve(os.Args[2])
		return
	}
	client := connect(os.Args[2])
	for _, name := range os.Args[3:] {
		note, failure := run(client, name)
		if failure != nil {
			fmt.Printf("failed %s %v\n", name, failure)
		} else {
			fmt.Printf("ok %s%s\n", name, note)
		}
	}
}
