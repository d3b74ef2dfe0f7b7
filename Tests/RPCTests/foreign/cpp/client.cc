// A stock gRPC client, of gRPC C++, that speaks raw bytes.
//
// Usage: client SOCKET CASE...

#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <mutex>
#include <thread>

#include "bytes.h"

using grpc::ClientContext;
using grpc::Status;
using grpc::StatusCode;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

namespace {

struct Failure {
  std::string why;
};

void expect(bool holds, const std::string& why) {
  if (!holds) throw Failure{why.substr(0, 300)};
}

void same(const std::string& found, const std::string& expected) {
  expect(found == expected, "\"" + found.substr(0, 100) + "\" instead of \"" + expected.substr(0, 100) + "\"");
}

void want(StatusCode code, const Status& status) {
  expect(status.error_code() == code, "status " + std::to_string(status.error_code()) + " instead of " +
                                          std::to_string(code) + ": " + status.error_message());
}

std::chrono::system_clock::time_point in(double seconds) {
  return std::chrono::system_clock::now() + std::chrono::milliseconds(int(seconds * 1000));
}

struct Answer {
  Status status;
  std::string text;
};

class Caller {
 public:
  explicit Caller(const std::string& path) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    arguments.SetMaxSendMessageSize(-1);
    for (auto name : {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, GRPC_ARG_MIN_RECONNECT_BACKOFF_MS,
                      GRPC_ARG_MAX_RECONNECT_BACKOFF_MS})
      arguments.SetInt(name, 100);
    channel_ = grpc::CreateCustomChannel("unix:" + path, grpc::InsecureChannelCredentials(), arguments);
  }

  Answer call(ClientContext& context, const std::string& method, const std::string& request) {
    std::string path = method[0] == '/' ? method : service + method;
    grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, channel_);
    grpc::ByteBuffer answer;
    Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
        channel_.get(), rpc, &context, buffer(request), &answer);
    return {status, status.ok() ? text(answer) : ""};
  }

  Answer call(const std::string& method, const std::string& request = "") {
    ClientContext context;
    context.set_deadline(in(20));
    return call(context, method, request);
  }

  std::string answer(const std::string& method, const std::string& request = "") {
    Answer answer = call(method, request);
    want(StatusCode::OK, answer.status);
    return answer.text;
  }

  Status stream(const std::string& method, const std::string& request,
                const std::function<bool(const std::string&)>& take) {
    ClientContext context;
    context.set_deadline(in(20));
    std::string path = method[0] == '/' ? method : service + method;
    grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING, channel_);
    std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> reader(
        grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(
            channel_.get(), rpc, &context, buffer(request)));
    grpc::ByteBuffer message;
    while (reader->Read(&message))
      if (!take(text(message))) context.TryCancel();
    return reader->Finish();
  }

  std::vector<std::string> all(const std::string& method, const std::string& request, StatusCode code) {
    std::vector<std::string> found;
    Status status = stream(method, request, [&](const std::string& text) {
      found.push_back(text);
      return true;
    });
    want(code, status);
    return found;
  }

  std::shared_ptr<grpc::Channel> channel_;
};

void unary(Caller& caller) {
  for (std::string text : {"hello", ""}) same(caller.answer("Echo", text), text);
}

void large(Caller& caller) {
  for (size_t size : {3u << 20, 4u << 20}) {
    std::string request(size, '\xff');
    for (size_t place = 0; place < size; place += 13) request[place] = char(place);
    expect(caller.answer("Echo", request) == request, "other bytes came back");
  }
}

void stream(Caller& caller) {
  auto joined = [](const std::vector<std::string>& texts) {
    std::string found;
    for (const auto& text : texts) found += text + ",";
    return found;
  };
  same(joined(caller.all("Count", "5", StatusCode::OK)), "0,1,2,3,4,");
  same(std::to_string(caller.all("Count", "20000", StatusCode::OK).size()), "20000");
  same(joined(caller.all("Count", "0", StatusCode::OK)), "");
  same(joined(caller.all("Break", "", StatusCode::ABORTED)), "0,1,");
}

/// The texts inside a message, in order, down to the last.
std::string texts(const UnknownFieldSet& set) {
  std::string found;
  for (int index = 0; index < set.field_count(); index++) {
    const UnknownField& field = set.field(index);
    if (field.type() == UnknownField::TYPE_VARINT) found += std::to_string(field.varint()) + " ";
    if (field.type() != UnknownField::TYPE_LENGTH_DELIMITED) continue;
    UnknownFieldSet inner;
    const std::string& bytes = field.length_delimited();
    bool isMessage = bytes[0] < 0x20 && inner.ParseFromString(bytes);
    found += isMessage ? texts(inner) : bytes + " ";
  }
  return found;
}

void statuses(Caller& caller) {
  for (int code = 1; code <= 16; code++) {
    Status status = caller.call("Fail", std::to_string(code) + " no").status;
    want(StatusCode(code), status);
    same(status.error_message(), "no");
    UnknownFieldSet details;
    expect(details.ParseFromString(status.error_details()), "the details are no message");
    same(texts(details),
         std::to_string(code) +
             " no type.googleapis.com/google.rpc.ErrorInfo OUT_OF_STOCK dropwire sku 1 "
             "type.googleapis.com/google.rpc.BadRequest price is 0 ");
  }
}

void messages(Caller& caller) {
  for (std::string text :
       {std::string("größer 100 % — 漢字 😀"), std::string("one\ntwo\ttab\r"), std::string("%41 100%"),
        std::string(), std::string(" outer spaces "), std::string(1000, 'a')}) {
    Status status = caller.call("Fail", "5 " + text).status;
    want(StatusCode::NOT_FOUND, status);
    same(status.error_message(), text);
  }
  std::string longText;
  for (int count = 0; count < 3000; count++) longText += "ü";
  same(caller.call("Fail", "5 " + longText).status.error_message(), longText.substr(0, 1024));
}

void sendMetadata(Caller& caller) {
  for (std::string bytes : {std::string("\0\1\xff", 3), std::string("\xfe"), std::string("\0\xff\xfe\xfd", 4)}) {
    ClientContext context;
    context.set_deadline(in(20));
    context.AddMetadata("dropwire-actor", "operator:kim");
    context.AddMetadata("raw-bin", bytes);
    Answer answer = caller.call(context, "Metadata", "");
    want(StatusCode::OK, answer.status);
    same(answer.text, "operator:kim " + hexadecimal(bytes));
  }
}

void deadline(Caller& caller) {
  ClientContext context;
  context.set_deadline(in(0.5));
  want(StatusCode::DEADLINE_EXCEEDED, caller.call(context, "Hold", "deadline").status);
  caller.answer("Cancelled", "deadline");
}

void serverDeadline(Caller& caller) {
  ClientContext context;
  Status status = caller.call(context, "Hold", "server-deadline").status;
  want(StatusCode::DEADLINE_EXCEEDED, status);
  expect(status.error_message().find("did not end in the time") != std::string::npos,
         "not the server's deadline: " + status.error_message());
  caller.answer("Cancelled", "server-deadline");
}

void left(Caller& caller) {
  ClientContext context;
  context.set_deadline(in(100));
  std::string text = caller.call(context, "Left", "").text;
  expect(text == "98" || text == "99" || text == "100" || text == "101", text + " s left");
}

void cancel(Caller& caller) {
  ClientContext context;
  context.set_deadline(in(60));
  Answer ended;
  std::thread thread([&] { ended = caller.call(context, "Hold", "cancel"); });
  Answer started = caller.call("Started", "cancel");
  context.TryCancel();
  thread.join();
  want(StatusCode::OK, started.status);
  want(StatusCode::CANCELLED, ended.status);
  caller.answer("Cancelled", "cancel");
}

void limits(Caller& caller) {
  size_t above = (4u << 20) + 1;
  want(StatusCode::RESOURCE_EXHAUSTED, caller.call("Echo", std::string(above, 'x')).status);
  want(StatusCode::RESOURCE_EXHAUSTED, caller.call("Fill", std::to_string(above)).status);
  want(StatusCode::RESOURCE_EXHAUSTED, caller.call("Echo", std::string(20u << 20, 'x')).status);
  same(caller.answer("Echo", "still here"), "still here");
}

void unknown(Caller& caller) {
  want(StatusCode::UNIMPLEMENTED, caller.call("Nothing").status);
  want(StatusCode::UNIMPLEMENTED, caller.call("/test.v1.Nothing/Echo").status);
}

void compressed(Caller& caller) {
  ClientContext context;
  context.set_deadline(in(20));
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  std::string text(10000, 'x');
  want(StatusCode::UNIMPLEMENTED, caller.call(context, "Echo", text).status);
  same(caller.answer("Echo", text), text);
}

/// Calls that are made without a thread each, some of them at once.
class Flood {
 public:
  Flood(Caller& caller, int count, int atOnce) : stub_(caller.channel_), count_(count) {
    for (int number = 0; number < atOnce; number++) next();
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ended_ == count_; });
    expect(why_.empty(), why_);
  }

 private:
  struct Call {
    ClientContext context;
    grpc::ByteBuffer request, answer;
    std::string text;
  };

  void next() {
    int number = begun_++;
    if (number >= count_) return;
    auto call = std::make_shared<Call>();
    call->text = std::to_string(number);
    call->request = buffer(call->text);
    call->context.set_deadline(in(60));
    stub_.UnaryCall(&call->context, "/test.v1.Test/Echo", {}, &call->request, &call->answer,
                    [this, call](Status status) { end(*call, status); });
  }

  void end(Call& call, const Status& status) {
    next();
    std::lock_guard<std::mutex> lock(mutex_);
    if (!status.ok()) why_ = status.error_message();
    else if (text(call.answer) != call.text) why_ = "another answer than " + call.text;
    if (++ended_ == count_) changed_.notify_all();
  }

  grpc::GenericStub stub_;
  const int count_;
  std::atomic<int> begun_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
  std::string why_;
};

void many(Caller& caller) {
  Flood(caller, 10000, 64);
  same(caller.answer("Connections"), "1");
}

void atOnce(Caller& caller) { Flood(caller, 1000, 1000); }

/// HealthCheckRequest { string service = 1 } and HealthCheckResponse { enum status = 1 } by hand.
void health(Caller& caller) {
  const std::string method = "/grpc.health.v1.Health/", named = "\x0a\x0ctest.v1.Test";
  same(caller.answer(method + "Check"), "\x08\x01");
  same(caller.answer(method + "Check", named), "\x08\x01");
  want(StatusCode::NOT_FOUND, caller.call(method + "Check", "\x0a\x07nothing").status);
  std::string state;
  Status status = caller.stream(method + "Watch", named, [&](const std::string& text) {
    state = text;
    return false;
  });
  same(state, "\x08\x01");
  want(StatusCode::CANCELLED, status);
}

/// Calls until an answer says enough, while the server is replaced by another one. One call stays
/// open from the first server's time.
std::string drain(Caller& caller) {
  std::atomic<int> done{0}, unavailable{0};
  std::mutex mutex;
  std::string why;
  Answer kept;
  std::vector<std::thread> threads;
  threads.emplace_back([&] { kept = caller.call("Stay"); });
  Status started = caller.call("Started", "stay").status;
  for (int worker = 0; worker < 8; worker++) {
    threads.emplace_back([&] {
      while (true) {
        ClientContext context;
        context.set_deadline(in(20));
        context.set_wait_for_ready(true);
        Answer answer = caller.call(context, "Work", "");
        if (answer.status.ok()) {
          done++;
        } else if (answer.status.error_code() == StatusCode::UNAVAILABLE) {
          unavailable++;
        } else {
          std::lock_guard<std::mutex> lock(mutex);
          why = answer.status.error_message();
          return;
        }
        if (answer.text == "enough") return;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  want(StatusCode::OK, started);
  want(StatusCode::OK, kept.status);
  same(kept.text, "kept");
  expect(why.empty(), why);
  return " " + std::to_string(done) + " " + std::to_string(unavailable);
}

std::string run(Caller& caller, const std::string& name) {
  if (name == "drain") return drain(caller);
  static const std::map<std::string, void (*)(Caller&)> cases = {
      {"unary", unary}, {"large", large}, {"stream", stream}, {"statuses", statuses},
      {"messages", messages}, {"metadata", sendMetadata}, {"deadline", deadline},
      {"server-deadline", serverDeadline}, {"left", left}, {"cancel", cancel}, {"limits", limits},
      {"unknown", unknown}, {"compressed", compressed}, {"many", many}, {"at-once", atOnce},
      {"health", health},
  };
  auto found = cases.find(name);
  expect(found != cases.end(), "no such case");
  found->second(caller);
  return "";
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  Caller caller(arguments[1]);
  for (int index = 2; index < count; index++) {
    std::string name = arguments[index];
    try {
      std::string note = run(caller, name);
      std::cout << "ok " << name << note << std::endl;
    } catch (const Failure& failure) {
      std::cout << "failed " << name << " " << failure.why << std::endl;
    }
  }
}
