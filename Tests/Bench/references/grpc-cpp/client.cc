// Calls an echo by gRPC C++: one completion queue, one thread, so many calls open at a time.
// usage: client SOCKET IN_FLIGHT SECONDS

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../measure.h"
#include "testing/echo.grpc.pb.h"

using dropwire::testing::v1::Echo;
using dropwire::testing::v1::EchoMessage;

namespace {

EchoMessage Request() {
  EchoMessage request;
  request.set_paypal_order_id(ORDER_ID);
  request.set_user_id(USER_ID);
  request.set_product_url(PRODUCT_URL);
  request.set_quantity(QUANTITY);
  request.set_idempotency_key(IDEMPOTENCY_KEY);
  return request;
}

bool IsSame(const EchoMessage& a, const EchoMessage& b) {
  return a.paypal_order_id() == b.paypal_order_id() && a.user_id() == b.user_id() &&
         a.product_url() == b.product_url() && a.quantity() == b.quantity() &&
         a.idempotency_key() == b.idempotency_key();
}

// Sends its next call when its last is answered.
class Lane {
 public:
  Lane(int number, Echo::Stub* stub, grpc::CompletionQueue* queue)
      : request_id_("bench-lane-" + std::to_string(number)), stub_(stub), queue_(queue) {}

  void Send() {
    sent_at_ = now_nanoseconds();
    reader_.reset();
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() +
                           std::chrono::seconds(DEADLINE_SECONDS));
    context_->AddMetadata("x-request-id", request_id_);
    reader_ = stub_->AsyncEcho(&*context_, request_, queue_);
    reader_->Finish(&answer_, &status_, this);
  }

  // True while there is a next call to send.
  bool IsAnswered(struct measure* measure) {
    if (!status_.ok()) die(status_.error_message().c_str());
    if (!IsSame(answer_, request_)) die("an answer's content");
    return measure_call(measure, sent_at_, now_nanoseconds());
  }

 private:
  const std::string request_id_;
  Echo::Stub* const stub_;
  grpc::CompletionQueue* const queue_;
  const EchoMessage request_ = Request();
  EchoMessage answer_;
  grpc::Status status_;
  uint64_t sent_at_ = 0;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientAsyncResponseReader<EchoMessage>> reader_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) die("usage: client SOCKET IN_FLIGHT SECONDS;");
  auto channel = grpc::CreateChannel(std::string("unix:") + arguments[1],
                                     grpc::InsecureChannelCredentials());
  auto stub = Echo::NewStub(channel);
  grpc::CompletionQueue queue;
  struct measure measure;
  measure_start(&measure, std::atof(arguments[3]));
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int number = 0; number < std::atoi(arguments[2]); number++) {
    lanes.push_back(std::make_unique<Lane>(number, stub.get(), &queue));
    lanes.back()->Send();
  }
  size_t open_lanes = lanes.size();
  void* tag;
  bool ok;
  while (open_lanes > 0 && queue.Next(&tag, &ok)) {
    auto lane = static_cast<Lane*>(tag);
    if (lane->IsAnswered(&measure)) lane->Send();
    else open_lanes--;
  }
  measure_print(&measure);
}
