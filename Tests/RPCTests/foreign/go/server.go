package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// signals are things that happen once each, by name.
type signals struct {
	lock   sync.Mutex
	byName map[string]chan struct{}
}

func (s *signals) of(name string) chan struct{} {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.byName[name] == nil {
		s.byName[name] = make(chan struct{})
	}
	return s.byName[name]
}

var (
	started   = signals{byName: map[string]chan struct{}{}}
	cancelled = signals{byName: map[string]chan struct{}{}}
	released  = make(chan struct{})
	runs      int64
)

type unaryMethod func(ctx context.Context, request []byte) ([]byte, error)

var methods = map[string]unaryMethod{
	"Echo": func(_ context.Context, request []byte) ([]byte, error) { return request, nil },
	"Fill": func(_ context.Context, request []byte) ([]byte, error) {
		count, err := strconv.Atoi(string(request))
		return make([]byte, count), err
	},
	"Fail":     fail,
	"Metadata": answerMetadata,
	"Left": func(ctx context.Context, _ []byte) ([]byte, error) {
		deadline, _ := ctx.Deadline()
		return []byte(fmt.Sprintf("%.0f", time.Until(deadline).Seconds())), nil
	},
	"Hold": func(ctx context.Context, request []byte) ([]byte, error) {
		close(started.of(string(request)))
		<-ctx.Done()
		close(cancelled.of(string(request)))
		return nil, status.FromContextError(ctx.Err()).Err()
	},
	"Started":   func(ctx context.Context, request []byte) ([]byte, error) { return wait(ctx, &started, request) },
	"Cancelled": func(ctx context.Context, request []byte) ([]byte, error) { return wait(ctx, &cancelled, request) },
	"Work": func(context.Context, []byte) ([]byte, error) {
		atomic.AddInt64(&runs, 1)
		return []byte("more"), nil
	},
	"Stay": func(context.Context, []byte) ([]byte, error) {
		close(started.of("stay"))
		<-released
		return []byte("kept"), nil
	},
}

func wait(ctx context.Context, signals *signals, name []byte) ([]byte, error) {
	select {
	case <-signals.of(string(name)):
		return nil, nil
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
}

func fail(_ context.Context, request []byte) ([]byte, error) {
	parts := strings.SplitN(string(request), " ", 2)
	code, err := strconv.Atoi(parts[0])
	if err != nil {
		return nil, err
	}
	failure, err := status.New(codes.Code(code), parts[1]).WithDetails(
		&errdetails.ErrorInfo{
			Reason: "OUT_OF_STOCK", Domain: "dropwire", Metadata: map[string]string{"sku": "1"}},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "price", Description: "is 0"}}})
	if err != nil {
		return nil, err
	}
	return nil, failure.Err()
}

func answerMetadata(ctx context.Context, _ []byte) ([]byte, error) {
	found, _ := metadata.FromIncomingContext(ctx)
	_ = grpc.SetHeader(ctx, metadata.Pairs("answer-bin", "\x00\xff", "answer", "head"))
	_ = grpc.SetTrailer(ctx, metadata.Pairs("answer-bin", "\x01\xfe", "answer", "trailer"))
	text := strings.Join(found.Get("dropwire-actor"), ",") + " " +
		hex.EncodeToString([]byte(strings.Join(found.Get("raw-bin"), ",")))
	return []byte(text), nil
}

func handler(method unaryMethod) grpc.StreamHandler {
	return func(_ interface{}, stream grpc.ServerStream) error {
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		answer, err := method(stream.Context(), request)
		if err != nil {
			return err
		}
		return stream.SendMsg(&answer)
	}
}

func streamed(body func(request string, send func(string) error) error) grpc.StreamHandler {
	return func(_ interface{}, stream grpc.ServerStream) error {
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		return body(string(request), func(text string) error {
			answer := []byte(text)
			return stream.SendMsg(&answer)
		})
	}
}

func count(request string, send func(string) error) error {
	count, err := strconv.Atoi(request)
	for number := 0; number < count && err == nil; number++ {
		err = send(fmt.Sprint(number))
	}
	return err
}

func breakOff(_ string, send func(string) error) error {
	if err := count("2", send); err != nil {
		return err
	}
	return status.Error(codes.Aborted, "broken")
}

func description(names []string, handlers map[string]grpc.StreamHandler) *grpc.ServiceDesc {
	description := &grpc.ServiceDesc{ServiceName: "test.v1.Test", HandlerType: (*interface{})(nil)}
	for _, name := range names {
		description.Streams = append(description.Streams, grpc.StreamDesc{
			StreamName: name, Handler: handlers[name], ServerStreams: true})
	}
	return description
}

func serve(path string) {
	handlers := map[string]grpc.StreamHandler{"Count": streamed(count), "Break": streamed(breakOff)}
	for name, method := range methods {
		handlers[name] = handler(method)
	}
	names := []string{}
	for name := range handlers {
		names = append(names, name)
	}
	options := []grpc.ServerOption{
		grpc.CustomCodec(raw{}), grpc.MaxRecvMsgSize(anyMessage), grpc.MaxSendMsgSize(anyMessage),
		grpc.MaxConcurrentStreams(100),
	}
	// This one packs all its answers, whatever its caller takes.
	start(path+".packed", description(names, handlers),
		append(options, grpc.RPCCompressor(grpc.NewGZIPCompressor())))
	obey(start(path, description(names, handlers), options))
}

func start(path string, description *grpc.ServiceDesc, options []grpc.ServerOption) *grpc.Server {
	server := grpc.NewServer(options...)
	server.RegisterService(description, struct{}{})
	listener, err := net.Listen("unix", path)
	if err != nil {
		panic(err)
	}
	go func() { _ = server.Serve(listener) }()
	return server
}

// obey does what the lines of the standard input say, and ends with them.
func obey(server *grpc.Server) {
	fmt.Println("ready")
	stopped := make(chan struct{})
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		switch lines.Text() {
		case "stop":
			go func() {
				server.GracefulStop()
				close(stopped)
			}()
		case "release":
			close(released)
			<-stopped
			fmt.Printf("runs %d\n", atomic.LoadInt64(&runs))
			return
		}
	}
}
