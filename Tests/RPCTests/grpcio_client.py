"""A stock gRPC client that calls a server of the tests and prints what it saw as JSON texts.

Usage: grpcio_client.py SCENARIO SOCKET [NAME...]
"""

import json
import os
import socket
import sys
import threading


def stranger(path):
    """Connects as another user, without gRPC."""
    os.setgid(65534)
    os.setuid(65534)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(20)
    connection.connect(path)
    try:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        received = connection.recv(100)
    except (ConnectionResetError, BrokenPipeError):
        received = b""
    return {"uid": str(os.getuid()), "received": f"{len(received)} bytes"}


def identity(message):
    return message


class Caller:
    def __init__(self, path):
        import grpc

        self.grpc = grpc
        self.channel = grpc.insecure_channel(
            "unix:" + path,
            options=[("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)],
        )

    def unary(self, method, service="test.v1.Test"):
        return self.channel.unary_unary(
            f"/{service}/{method}", request_serializer=identity, response_deserializer=identity
        )

    def stream(self, method):
        return self.channel.unary_stream(
            f"/test.v1.Test/{method}", request_serializer=identity, response_deserializer=identity
        )

    def exchange(self, method, service="test.v1.Test"):
        return self.channel.stream_stream(
            f"/{service}/{method}", request_serializer=identity, response_deserializer=identity
        )

    def status(self, body):
        """The code's name, and the error itself."""
        try:
            body()
        except self.grpc.RpcError as error:
            return error.code().name, error
        return "OK", None


def calls(path):
    caller = Caller(path)
    found = {}
    found["echo"] = caller.unary("Echo")(b"hello", timeout=20).decode()
    found["empty"] = caller.unary("Echo")(b"", timeout=20).decode()
    large = os.urandom(4 * 1024 * 1024)
    found["large"] = str(caller.unary("Echo")(large, timeout=20) == large)
    found["stream"] = ",".join(m.decode() for m in caller.stream("Count")(b"5", timeout=20))
    found["long stream"] = str(sum(1 for _ in caller.stream("Count")(b"20000", timeout=20)))
    metadata = [("dropwire-actor", "operator:kim"), ("raw-bin", bytes([0, 1, 255]))]
    found["metadata"] = caller.unary("Metadata")(b"", timeout=20, metadata=metadata).decode()
    found["left"] = caller.unary("Left")(b"", timeout=100).decode()
    found["health"] = caller.unary("Check", "grpc.health.v1.Health")(b"", timeout=20).hex()
    return found


def statuses(path):
    caller = Caller(path)
    found = {}
    for number in range(1, 17):
        code, error = caller.status(lambda: caller.unary("Fail")(str(number).encode(), timeout=20))
        found[str(number)] = f"{code} {error.details()}"
        trailers = dict(error.trailing_metadata())
        found["details"] = trailers["grpc-status-details-bin"].hex()
    found["unknown method"], _ = caller.status(lambda: caller.unary("Nothing")(b"", timeout=20))
    found["unknown service"], _ = caller.status(
        lambda: caller.unary("Echo", "test.v1.Nothing")(b"", timeout=20)
    )
    above = 4 * 1024 * 1024 + 1
    found["large request"], _ = caller.status(
        lambda: caller.unary("Echo")(b"x" * above, timeout=20)
    )
    found["large answer"], _ = caller.status(
        lambda: caller.unary("Fill")(str(above).encode(), timeout=20)
    )
    found["compressed"], _ = caller.status(
        lambda: caller.unary("Echo")(
            b"x" * 10000, timeout=20, compression=caller.grpc.Compression.Gzip
        )
    )
    found["two messages"], _ = caller.status(
        lambda: caller.channel.stream_unary(
            "/test.v1.Test/Echo", request_serializer=identity, response_deserializer=identity
        )(iter([b"one", b"two"]), timeout=20)
    )
    found["after"] = caller.unary("Echo")(b"still here", timeout=20).decode()
    return found


def deadline(path):
    caller = Caller(path)
    code, _ = caller.status(lambda: caller.unary("Endless")(b"", timeout=2))
    return {"code": code}


def default_deadline(path):
    """No timeout: the server's default holds."""
    caller = Caller(path)
    code, error = caller.status(lambda: caller.unary("Endless")(b""))
    return {"code": code, "message": error.details()}


def cancellation(path):
    caller = Caller(path)
    call = caller.unary("Endless").future(b"", timeout=60)
    # Answered once the first call has started.
    caller.unary("Started")(b"", timeout=60)
    call.cancel()
    code, _ = caller.status(lambda: caller.unary("Cancelled")(b"", timeout=60))
    return {"call": call.code().name, "seen": code}


def many(path):
    caller = Caller(path)
    method = caller.unary("Echo")
    done = threading.Semaphore(0)
    futures = [method.future(str(number).encode(), timeout=60) for number in range(1000)]
    for future in futures:
        future.add_done_callback(lambda _: done.release())
    for _ in futures:
        done.acquire()
    right = sum(1 for n, f in enumerate(futures) if f.result() == str(n).encode())
    return {"right": str(right)}


def exchange(path):
    caller = Caller(path)
    found = {}
    words = [b"one", b"", b"x" * 300000, b"two"]
    found["echoed"] = str(list(caller.exchange("Echo")(iter(words), timeout=20)) == words)
    found["without requests"] = str(list(caller.exchange("Echo")(iter([]), timeout=20)))
    flood = (b"" for _ in range(2000))
    found["flood"], _ = caller.status(lambda: list(caller.exchange("Deaf")(flood, timeout=20)))
    found["failing"], _ = caller.status(lambda: list(caller.exchange("Fail")(iter([]), timeout=20)))
    call = caller.exchange("Echo")(endless_requests(b"first"), timeout=60)
    found["answer before the end"] = next(call).decode()
    call.cancel()
    found["cancelled"], _ = caller.status(lambda: next(call))
    found["late"], _ = caller.status(
        lambda: list(caller.exchange("Echo")(endless_requests(b"x"), timeout=1))
    )
    return found


def endless_requests(first):
    yield first
    threading.Event().wait(60)


def open_exchange(path):
    """Keeps a stream open until the server ends it."""
    caller = Caller(path)
    call = caller.exchange("Echo")(endless_requests(b"first"), timeout=60)
    next(call)
    caller.unary("Opened")(b"", timeout=20)
    code, _ = caller.status(lambda: list(call))
    return {"code": code}


def reflection(path):
    """The reflection client that comes with grpcio."""
    from google.protobuf.descriptor_pool import DescriptorPool
    from grpc_reflection.v1alpha import reflection_pb2
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
        ProtoReflectionDescriptorDatabase,
    )

    database = ProtoReflectionDescriptorDatabase(Caller(path).channel)
    pool = DescriptorPool(database)
    found = {"services": " ".join(database.get_services())}
    for name in sys.argv[3:]:
        found[name] = pool.FindFileContainingSymbol(name).name
        try:
            message = pool.FindMessageTypeByName(name)
            found[name] += ": " + " ".join(field.name for field in message.fields)
        except KeyError:
            pass
    service = pool.FindServiceByName("grpc.health.v1.Health")
    found["health"] = " ".join(method.name for method in service.methods)
    ours = database.FindFileContainingSymbol("grpc.reflection.v1alpha.ServerReflection")
    theirs = type(ours)()
    reflection_pb2.DESCRIPTOR.CopyToProto(theirs)
    same = (ours.message_type, ours.service) == (theirs.message_type, theirs.service)
    found["reflection's own file"] = "as published" if same else f"{ours}\n{theirs}"
    return found


def reflection_refusals(path):
    """Questions without an answer, all in one stream, under the newer name."""
    from grpc_reflection.v1alpha.reflection_pb2 import (
        ExtensionRequest,
        ServerReflectionRequest as Request,
        ServerReflectionResponse as Response,
    )

    questions = {
        "symbol": Request(file_containing_symbol="test.v1.Nothing"),
        "file": Request(file_by_filename="nothing.proto"),
        "extension": Request(
            file_containing_extension=ExtensionRequest(containing_type="test.v1.Test")
        ),
        "extensions": Request(all_extension_numbers_of_type="test.v1.Test"),
        "nothing": Request(host="here"),
    }
    call = Caller(path).exchange("ServerReflectionInfo", "grpc.reflection.v1.ServerReflection")(
        iter([question.SerializeToString() for question in questions.values()]), timeout=20
    )
    found = {}
    for (name, question), answer in zip(questions.items(), map(Response.FromString, call)):
        error = answer.error_response
        found[name] = f"{error.error_code} {error.error_message}"
        found["hosts"] = answer.valid_host
        if answer.original_request != question:
            found[name] += " to another question"
    return found


def main():
    scenarios = [
        stranger, calls, statuses, deadline, default_deadline, cancellation, many, exchange,
        open_exchange, reflection, reflection_refusals,
    ]
    by_name = {scenario.__name__: scenario for scenario in scenarios}
    print(json.dumps(by_name[sys.argv[1]](sys.argv[2])))


if __name__ == "__main__":
    main()
