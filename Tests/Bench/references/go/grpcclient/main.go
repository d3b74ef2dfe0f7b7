// Calls an echo by grpc-go, a goroutine for each call in flight.
// usage: client SOCKET IN_FLIGHT SECONDS
package main

import (
	"context"
	"errors"
	"log"

	echo "dropwire/grpcecho/testing"
	"dropwire/measure"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

func main() {
	connection, err := grpc.Dial("unix:"+measure.Socket(), grpc.WithInsecure())
	if err != nil {
		log.Fatal(err)
	}
	client := echo.NewEchoClient(connection)
	measure.Run(func(requestID string) func() error {
		request := &echo.EchoMessage{
			PaypalOrderId: measure.OrderID, UserId: measure.UserID,
			ProductUrl: measure.ProductURL, Quantity: measure.Quantity,
			IdempotencyKey: measure.IdempotencyKey,
		}
		return func() error {
			deadline, cancel := context.WithTimeout(context.Background(), measure.Deadline)
			defer cancel()
			answer, err := client.Echo(
				metadata.AppendToOutgoingContext(deadline, "x-request-id", requestID), request)
			if err != nil {
				return err
			}
			if !isSame(answer, request) {
				return errors.New("an answer has another content")
			}
			return nil
		}
	})
}

// By hand, since proto.Equal goes by reflection.
func isSame(a, b *echo.EchoMessage) bool {
	return a.PaypalOrderId == b.PaypalOrderId && a.UserId == b.UserId &&
		a.ProductUrl == b.ProductUrl && a.Quantity == b.Quantity &&
		a.IdempotencyKey == b.IdempotencyKey
}
