package main

import (
	"fmt"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
)

// The standard services, by the stubs that come with grpc-go.

func health(c caller) error {
	ctx, cancel := seconds(20)
	defer cancel()
	client := grpc_health_v1.NewHealthClient(c.channel)
	for _, name := range []string{"", "test.v1.Test"} {
		answer, err := client.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: name})
		if err := first(err, same(answer.GetStatus(), "SERVING")); err != nil {
			return err
		}
	}
	_, unknown := client.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: "nothing"})
	watch, err := client.Watch(ctx, &grpc_health_v1.HealthCheckRequest{Service: "test.v1.Test"})
	if err := first(err, want(codes.NotFound, unknown)); err != nil {
		return err
	}
	state, err := watch.Recv()
	return first(err, same(state.GetStatus(), "SERVING"))
}

func reflection(c caller) error {
	ctx, cancel := seconds(20)
	defer cancel()
	stream, err := grpc_reflection_v1alpha.NewServerReflectionClient(c.channel).ServerReflectionInfo(ctx)
	if err != nil {
		return err
	}
	err = stream.Send(&grpc_reflection_v1alpha.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1alpha.ServerReflectionRequest_ListServices{}})
	if err != nil {
		return err
	}
	answer, err := stream.Recv()
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, service := range answer.GetListServicesResponse().GetService() {
		found[service.Name] = true
	}
	if !found["test.v1.Test"] || !found["grpc.health.v1.Health"] {
		return fmt.Errorf("the services are %v", found)
	}
	err = stream.Send(&grpc_reflection_v1alpha.ServerReflectionRequest{
		MessageRequest: &grpc_reflection_v1alpha.ServerReflectionRequest_FileContainingSymbol{
			FileContainingSymbol: "grpc.health.v1.Health"}})
	if err != nil {
		return err
	}
	file, err := stream.Recv()
	return first(err, same(len(file.GetFileDescriptorResponse().GetFileDescriptorProto()), 1))
}

// drain calls until an answer says enough, while the server is replaced by another one. One call
// stays open from the first server's time.
func drain(c caller) (string, error) {
	var done, unavailable int64
	failures := make(chan error, 9)
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		if answer, err := c.unary("Stay", ""); err != nil || answer != "kept" {
			failures <- fmt.Errorf("the open call: %v %v", answer, err)
		}
	}()
	if _, err := c.unary("Started", "stay"); err != nil {
		return "", err
	}
	for worker := 0; worker < 8; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				answer, err := c.unary("Work", "", grpc.WaitForReady(true))
				if err == nil {
					atomic.AddInt64(&done, 1)
				} else if err = want(codes.Unavailable, err); err == nil {
					atomic.AddInt64(&unavailable, 1)
				} else {
					failures <- err
				}
				if answer == "enough" || err != nil {
					return
				}
			}
		}()
	}
	group.Wait()
	close(failures)
	return fmt.Sprintf(" %d %d", done, unavailable), <-failures
}
