// An echo by ttrpc-go: the framing of containerd instead of HTTP/2. usage: server SOCKET
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"dropwire/measure"
	echo "dropwire/ttrpcecho/testing"

	"github.com/containerd/ttrpc"
)

func main() {
	listener, err := net.Listen("unix", measure.Socket())
	if err != nil {
		log.Fatal(err)
	}
	server, err := ttrpc.NewServer()
	if err != nil {
		log.Fatal(err)
	}
	server.Register("dropwire.testing.v1.Echo", map[string]ttrpc.Method{
		"Echo": func(_ context.Context, unmarshal func(interface{}) error) (interface{}, error) {
			request := new(echo.EchoMessage)
			if err := unmarshal(request); err != nil {
				return nil, err
			}
			return request, nil
		},
	})
	fmt.Println("ready")
	log.Fatal(server.Serve(context.Background(), listener))
}
