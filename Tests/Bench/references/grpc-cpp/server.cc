// An echo by gRPC C++: one completion queue, one thread, a number of calls awaited at a time.
// usage: server SOCKET

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "testing/echo.grpc.pb.h"

using dropwire::testing::v1::Echo;
using dropwire::testing::v1::EchoMessage;

namespace {

constexpr int kAwaited = 256;

// One place for a call, used again as soon as its call has ended.
class Slot {
 public:
  Slot(Echo::AsyncService* service, grpc::ServerCompletionQueue* queue)
      : service_(service), queue_(queue) {
    Await();
  }

  // The call has come, or its answer is sent; `ok` is false when it was lost.
  void Proceed(bool ok) {
    if (is_awaiting_ && ok) {
      is_awaiting_ = false;
      writer_->Finish(message_, grpc::Status::OK, this);
    } else {
      Await();
    }
  }

 private:
  void Await() {
    is_awaiting_ = true;
    writer_.reset();
    context_.emplace();
    writer_.emplace(&*context_);
    service_->RequestEcho(&*context_, &message_, &*writer_, queue_, queue_, this);
  }

  Echo::AsyncService* const service_;
  grpc::ServerCompletionQueue* const queue_;
  bool is_awaiting_ = true;
  EchoMessage message_;
  std::optional<grpc::ServerContext> context_;
  std::optional<grpc::ServerAsyncResponseWriter<EchoMessage>> writer_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: server SOCKET\n");
    return 64;
  }
  Echo::AsyncService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string("unix:") + arguments[1], grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  auto queue = builder.AddCompletionQueue();
  auto server = builder.BuildAndStart();
  if (!server) return 1;
  std::vector<std::unique_ptr<Slot>> slots;
  for (int number = 0; number < kAwaited; number++)
    slots.push_back(std::make_unique<Slot>(&service, queue.get()));
  std::puts("ready");
  std::fflush(stdout);
  void* tag;
  bool ok;
  while (queue->Next(&tag, &ok)) static_cast<Slot*>(tag)->Proceed(ok);
}
