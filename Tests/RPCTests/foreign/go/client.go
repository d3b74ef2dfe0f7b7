package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type caller struct{ channel *grpc.ClientConn }

func connect(path string) caller {
	quick := grpc.ConnectParams{
		Backoff:           backoff.Config{BaseDelay: 20 * time.Millisecond, Multiplier: 1, MaxDelay: 20 * time.Millisecond},
		MinConnectTimeout: time.Second,
	}
	channel, err := grpc.Dial("unix:"+path, grpc.WithInsecure(), grpc.WithConnectParams(quick),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(anyMessage), grpc.MaxCallSendMsgSize(anyMessage)))
	if err != nil {
		panic(err)
	}
	return caller{channel}
}

func seconds(count float64) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Duration(count*float64(time.Second)))
}

func (c caller) in(ctx context.Context, method string, request []byte, options ...grpc.CallOption) ([]byte, error) {
	if !strings.HasPrefix(method, "/") {
		method = service + method
	}
	var answer []byte
	err := c.channel.Invoke(ctx, method, &request, &answer, append(options, grpc.ForceCodec(raw{}))...)
	return answer, err
}

func (c caller) unary(method string, request string, options ...grpc.CallOption) (string, error) {
	ctx, cancel := seconds(20)
	defer cancel()
	answer, err := c.in(ctx, method, []byte(request), options...)
	return string(answer), err
}

func (c caller) stream(method, request string) ([]string, error) {
	ctx, cancel := seconds(20)
	defer cancel()
	stream, err := c.channel.NewStream(
		ctx, &grpc.StreamDesc{ServerStreams: true}, service+method, grpc.ForceCodec(raw{}))
	if err != nil {
		return nil, err
	}
	message := []byte(request)
	if err := stream.SendMsg(&message); err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	found := []string{}
	for {
		var answer []byte
		if err := stream.RecvMsg(&answer); err != nil {
			if err.Error() == "EOF" {
				return found, nil
			}
			return found, err
		}
		found = append(found, string(answer))
	}
}

// want fails unless an error has the code.
func want(code codes.Code, err error) error {
	if found := status.Code(err); found != code {
		return fmt.Errorf("%v instead of %v: %v", found, code, err)
	}
	return nil
}

func same(found, expected interface{}) error {
	if fmt.Sprint(found) != fmt.Sprint(expected) {
		return fmt.Errorf("%.200v instead of %.200v", found, expected)
	}
	return nil
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func run(c caller, name string) (string, error) {
	if name == "drain" {
		return drain(c)
	}
	cases := map[string]func(caller) error{
		"unary": unary, "large": large, "stream": stream, "statuses": statuses,
		"messages": messages, "metadata": sendMetadata, "deadline": deadline,
		"server-deadline": serverDeadline, "left": left, "cancel": cancel, "limits": limits,
		"unknown": unknown, "compressed": compressed, "many": many, "at-once": atOnce,
		"health": health, "reflection": reflection,
	}
	body, known := cases[name]
	if !known {
		return "", fmt.Errorf("no such case")
	}
	return "", body(c)
}

func unary(c caller) error {
	for _, text := range []string{"hello", ""} {
		answer, err := c.unary("Echo", text)
		if err := first(err, same(answer, text)); err != nil {
			return err
		}
	}
	return nil
}

func large(c caller) error {
	for _, size := range []int{3 << 20, 4 << 20} {
		request := bytes.Repeat([]byte("0123456789abcde\xff"), size/16)
		answer, err := c.unary("Echo", string(request))
		if err != nil {
			return err
		}
		if answer != string(request) {
			return fmt.Errorf("%d bytes came back as %d others", size, len(answer))
		}
	}
	return nil
}

func stream(c caller) error {
	five, err := c.stream("Count", "5")
	long, longErr := c.stream("Count", "20000")
	none, noneErr := c.stream("Count", "0")
	broken, brokenErr := c.stream("Break", "")
	return first(err, longErr, noneErr, same(five, []string{"0", "1", "2", "3", "4"}),
		same(len(long), 20000), same(len(none), 0), same(broken, []string{"0", "1"}),
		want(codes.Aborted, brokenErr), same(status.Convert(brokenErr).Message(), "broken"))
}

func statuses(c caller) error {
	for code := codes.Code(1); code <= 16; code++ {
		_, err := c.unary("Fail", fmt.Sprintf("%d no", code))
		if err := first(want(code, err), same(status.Convert(err).Message(), "no"), details(err)); err != nil {
			return err
		}
	}
	return nil
}

func details(err error) error {
	found := ""
	for _, detail := range status.Convert(err).Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			found += fmt.Sprint(detail.Reason, " ", detail.Domain, " ", detail.Metadata, " ")
		case *errdetails.BadRequest:
			for _, field := range detail.FieldViolations {
				found += field.Field + " " + field.Description
			}
		default:
			found += fmt.Sprintf("%T ", detail)
		}
	}
	return same(found, "OUT_OF_STOCK dropwire map[sku:1] price is 0")
}

func messages(c caller) error {
	texts := []string{
		"größer 100 % — 漢字 😀", "one\ntwo\ttab\r", "%41 100%", "", " outer spaces ",
		strings.Repeat("a", 1000),
	}
	for _, text := range texts {
		_, err := c.unary("Fail", "5 "+text)
		if err := first(want(codes.NotFound, err), same(status.Convert(err).Message(), text)); err != nil {
			return err
		}
	}
	_, err := c.unary("Fail", "5 "+strings.Repeat("ü", 3000))
	return same(status.Convert(err).Message(), strings.Repeat("ü", 512))
}

func sendMetadata(c caller) error {
	for bytes, digits := range map[string]string{"\x00\x01\xff": "0001ff", "\xfe": "fe", "\x00\xff\xfe\xfd": "00fffefd"} {
		ctx, cancel := seconds(20)
		ctx = metadata.AppendToOutgoingContext(ctx, "dropwire-actor", "operator:kim", "raw-bin", bytes)
		answer, err := c.in(ctx, "Metadata", nil)
		cancel()
		if err := first(err, same(string(answer), "operator:kim "+digits)); err != nil {
			return err
		}
	}
	return nil
}

func deadline(c caller) error {
	ctx, cancel := seconds(0.5)
	defer cancel()
	_, err := c.in(ctx, "Hold", []byte("deadline"))
	_, seen := c.unary("Cancelled", "deadline")
	return first(want(codes.DeadlineExceeded, err), seen)
}

func serverDeadline(c caller) error {
	_, err := c.in(context.Background(), "Hold", []byte("server-deadline"))
	if !strings.Contains(fmt.Sprint(err), "did not end in the time") {
		return fmt.Errorf("not the server's deadline: %v", err)
	}
	_, seen := c.unary("Cancelled", "server-deadline")
	return first(want(codes.DeadlineExceeded, err), seen)
}

func left(c caller) error {
	ctx, cancel := seconds(100)
	defer cancel()
	answer, err := c.in(ctx, "Left", nil)
	if text := string(answer); text != "98" && text != "99" && text != "100" && text != "101" {
		return fmt.Errorf("%s s left: %v", text, err)
	}
	return err
}

func cancel(c caller) error {
	ctx, cancel := seconds(60)
	defer cancel()
	ended := make(chan error)
	go func() {
		_, err := c.in(ctx, "Hold", []byte("cancel"))
		ended <- err
	}()
	_, started := c.unary("Started", "cancel")
	cancel()
	_, seen := c.unary("Cancelled", "cancel")
	return first(started, want(codes.Canceled, <-ended), seen)
}

func limits(c caller) error {
	_, request := c.unary("Echo", strings.Repeat("x", 4<<20+1))
	_, answer := c.unary("Fill", fmt.Sprint(4<<20+1))
	_, far := c.unary("Echo", strings.Repeat("x", 20<<20))
	after, err := c.unary("Echo", "still here")
	return first(want(codes.ResourceExhausted, request), want(codes.ResourceExhausted, answer),
		want(codes.ResourceExhausted, far), err, same(after, "still here"))
}

func unknown(c caller) error {
	_, method := c.unary("Nothing", "")
	_, other := c.unary("/test.v1.Nothing/Echo", "")
	return first(want(codes.Unimplemented, method), want(codes.Unimplemented, other))
}

func compressed(c caller) error {
	text := strings.Repeat("x", 10000)
	_, packed := c.unary("Echo", text, grpc.UseCompressor(gzip.Name))
	answer, err := c.unary("Echo", text)
	return first(want(codes.Unimplemented, packed), err, same(answer, text))
}

// all makes calls, some of them at once, and gives the first that went wrong.
func all(c caller, count, atOnce int) error {
	failures := make(chan error, count)
	places := make(chan struct{}, atOnce)
	var group sync.WaitGroup
	for number := 0; number < count; number++ {
		places <- struct{}{}
		group.Add(1)
		go func(text string) {
			defer group.Done()
			answer, err := c.unary("Echo", text)
			if err := first(err, same(answer, text)); err != nil {
				failures <- err
			}
			<-places
		}(fmt.Sprint(number))
	}
	group.Wait()
	close(failures)
	return <-failures
}

func many(c caller) error {
	err := all(c, 10000, 64)
	connections, other := c.unary("Connections", "")
	return first(err, other, same(connections, "1"))
}

func atOnce(c caller) error { return all(c, 1000, 1000) }
