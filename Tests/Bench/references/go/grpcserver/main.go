// An echo by grpc-go. usage: server SOCKET
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	echo "dropwire/grpcecho/testing"
	"dropwire/measure"

	"google.golang.org/grpc"
)

type server struct{}

func (server) Echo(_ context.Context, request *echo.EchoMessage) (*echo.EchoMessage, error) {
	return request, nil
}

func main() {
	listener, err := net.Listen("unix", measure.Socket())
	if err != nil {
		log.Fatal(err)
	}
	grpcServer := grpc.NewServer()
	echo.RegisterEchoServer(grpcServer, server{})
	fmt.Println("ready")
	log.Fatal(grpcServer.Serve(listener))
}
