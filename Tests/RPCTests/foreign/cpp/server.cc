// A stock gRPC server, of gRPC C++, that speaks raw bytes.
//
// Usage: server SOCKET

#include <grpcpp/impl/codegen/method_handler.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "bytes.h"

using grpc::ByteBuffer;
using grpc::ServerContext;
using grpc::Status;
using grpc::StatusCode;

namespace {

/// Things that happen once each, by name.
class Signals {
 public:
  void fire(const std::string& name) {
    std::lock_guard<std::mutex> lock(mutex_);
    fired_.insert(name);
    changed_.notify_all();
  }

  /// Waits for one; returns false when the caller left first.
  bool wait(const std::string& name, ServerContext* context) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!fired_.count(name)) {
      if (context->IsCancelled()) return false;
      changed_.wait_for(lock, std::chrono::milliseconds(5));
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> fired_;
};

Signals started, cancelled, released;
std::atomic<int> runs{0};

/// A field of a protobuf message that has a length.
std::string field(int number, const std::string& bytes) {
  std::string head{char(number << 3 | 2)};
  size_t size = bytes.size();
  for (; size > 127; size >>= 7) head += char((size & 127) | 128);
  return head + char(size) + bytes;
}

std::string any(const std::string& name, const std::string& bytes) {
  return field(1, "type.googleapis.com/google.rpc." + name) + field(2, bytes);
}

Status fail(const std::string& request) {
  size_t space = request.find(' ');
  int code = std::stoi(request.substr(0, space));
  std::string message = request.substr(space + 1);
  std::string details = std::string{8, char(code)} + field(2, message) +
      field(3, any("ErrorInfo", field(1, "OUT_OF_STOCK") + field(2, "dropwire") +
                                    field(3, field(1, "sku") + field(2, "1")))) +
      field(3, any("BadRequest", field(1, field(1, "price") + field(2, "is 0"))));
  return Status(StatusCode(code), message, details);
}

std::string metadata(ServerContext* context) {
  context->AddInitialMetadata("answer-bin", std::string("\0\xff", 2));
  context->AddTrailingMetadata("answer-bin", std::string("\1\xfe", 2));
  context->AddTrailingMetadata("answer", "trailer");
  auto value = [&](const char* name) {
    auto found = context->client_metadata().find(name);
    if (found == context->client_metadata().end()) return std::string();
    return std::string(found->second.begin(), found->second.end());
  };
  return value("dropwire-actor") + " " + hexadecimal(value("raw-bin"));
}

std::string left(ServerContext* context) {
  auto seconds = std::chrono::duration<double>(context->deadline() - std::chrono::system_clock::now());
  return std::to_string(int(seconds.count() + 0.5));
}

Status hold(ServerContext* context, const std::string& name) {
  started.fire(name);
  // Nobody fires it: it returns when the caller is gone.
  released.wait("never", context);
  cancelled.fire(name);
  return Status::CANCELLED;
}

Status unary(const std::string& method, ServerContext* context, const std::string& request,
             std::string* answer) {
  if (method == "Echo") *answer = request;
  if (method == "Fill") *answer = std::string(std::stoi(request), 7);
  if (method == "Fail") return fail(request);
  if (method == "Metadata") *answer = metadata(context);
  if (method == "Left") *answer = left(context);
  if (method == "Hold") return hold(context, request);
  if (method == "Started") started.wait(request, context);
  if (method == "Cancelled") cancelled.wait(request, context);
  if (method == "Work") runs++, *answer = "more";
  if (method == "Stay") {
    started.fire("stay");
    released.wait("stay", context);
    *answer = "kept";
  }
  return Status::OK;
}

class Test : public grpc::Service {
 public:
  explicit Test(bool isPacking) : isPacking_(isPacking) {
    using Unary = grpc::internal::RpcMethodHandler<Test, ByteBuffer, ByteBuffer, ByteBuffer, ByteBuffer>;
    for (const char* name : {"Echo", "Fill", "Fail", "Metadata", "Left", "Hold", "Started", "Cancelled",
                             "Work", "Stay"}) {
      std::string method = name;
      add(method, grpc::internal::RpcMethod::NORMAL_RPC,
          new Unary(
              [this, method](Test*, ServerContext* context, const ByteBuffer* request, ByteBuffer* answer) {
                if (isPacking_) context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
                std::string answered;
                Status status = unary(method, context, text(*request), &answered);
                *answer = buffer(answered);
                return status;
              },
              this));
    }
    stream("Count", [](const std::string& request, grpc::ServerWriter<ByteBuffer>* writer) {
      for (int number = 0; number < std::stoi(request); number++)
        if (!writer->Write(buffer(std::to_string(number)))) return Status::CANCELLED;
      return Status::OK;
    });
    stream("Break", [](const std::string&, grpc::ServerWriter<ByteBuffer>* writer) {
      for (const char* text : {"0", "1"}) writer->Write(buffer(text));
      return Status(StatusCode::ABORTED, "broken");
    });
  }

 private:
  using Body = std::function<Status(const std::string&, grpc::ServerWriter<ByteBuffer>*)>;

  void stream(const std::string& method, Body body) {
    add(method, grpc::internal::RpcMethod::SERVER_STREAMING,
        new grpc::internal::ServerStreamingHandler<Test, ByteBuffer, ByteBuffer>(
            [body](Test*, ServerContext*, const ByteBuffer* request, grpc::ServerWriter<ByteBuffer>* writer) {
              return body(text(*request), writer);
            },
            this));
  }

  void add(const std::string& method, grpc::internal::RpcMethod::RpcType type,
           grpc::internal::MethodHandler* handler) {
    paths_.push_back(service + method);
    AddMethod(new grpc::internal::RpcServiceMethod(paths_.back().c_str(), type, handler));
  }

  const bool isPacking_;
  /// A list: the methods keep pointers to the texts.
  std::list<std::string> paths_;
};

std::unique_ptr<grpc::Server> start(const std::string& path, grpc::Service* service) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
  builder.RegisterService(service);
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  return builder.BuildAndStart();
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  Test plain(false), packing(true);
  auto server = start(arguments[1], &plain);
  auto packingServer = start(std::string(arguments[1]) + ".packed", &packing);
  if (!server || !packingServer) return 1;
  std::cout << "ready" << std::endl;
  std::thread stopping;
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line == "stop") stopping = std::thread([&] { server->Shutdown(); });
    if (line == "release") {
      released.fire("stay");
      stopping.join();
      std::cout << "runs " << runs << std::endl;
      return 0;
    }
  }
  std::_Exit(0);
}
