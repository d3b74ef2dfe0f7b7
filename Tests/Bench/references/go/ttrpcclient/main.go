// Calls an echo by ttrpc-go, a goroutine for each call in flight.
// usage: client SOCKET IN_FLIGHT SECONDS
package main

import (
	"context"
	"errors"
	"log"
	"net"

	"dropwire/measure"
	echo "dropwire/ttrpcecho/testing"

	"github.com/containerd/ttrpc"
)

func main() {
	connection, err := net.Dial("unix", measure.Socket())
	if err != nil {
		log.Fatal(err)
	}
	client := ttrpc.NewClient(connection)
	measure.Run(func(requestID string) func() error {
		request := &echo.EchoMessage{
			PaypalOrderId: measure.OrderID, UserId: measure.UserID,
			ProductUrl: measure.ProductURL, Quantity: measure.Quantity,
			IdempotencyKey: measure.IdempotencyKey,
		}
		metadata := ttrpc.MD{"x-request-id": []string{requestID}}
		return func() error {
			deadline, cancel := context.WithTimeout(context.Background(), measure.Deadline)
			defer cancel()
			var answer echo.EchoMessage
			err := client.Call(
				ttrpc.WithMetadata(deadline, metadata), "dropwire.testing.v1.Echo", "Echo", request,
				&answer)
			if err != nil {
				return err
			}
			if !isSame(&answer, request) {
				return errors.New("an answer has another content")
			}
			return nil
		}
	})
}

func isSame(a, b *echo.EchoMessage) bool {
	return a.PaypalOrderId == b.PaypalOrderId && a.UserId == b.UserId &&
		a.ProductUrl == b.ProductUrl && a.Quantity == b.Quantity &&
		a.IdempotencyKey == b.IdempotencyKey
}
