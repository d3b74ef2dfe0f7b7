"""A stock gRPC client, of grpcio, in scenarios of its own; prints what it saw as JSON texts.

Usage: scenarios.py SCENARIO SOCKET [NAME...]
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
        stranger, exchange, open_exchange, reflection, reflection_refusals,
    ]
    by_name = {scenario.__name__: scenario for scenario in scenarios}
    print(json.dumps(by_name[sys.argv[1]](sys.argv[2])))


if __name__ == "__main__":
    main()
