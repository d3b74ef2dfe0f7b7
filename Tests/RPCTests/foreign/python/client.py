"""A stock gRPC client, of grpcio, that speaks raw bytes.

Usage: client.py SOCKET CASE...
"""

import sys
import threading

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

UNIMPLEMENTED = grpc.StatusCode.UNIMPLEMENTED
BY_NUMBER = {code.value[0]: code for code in grpc.StatusCode}


def identity(message):
    return message


def same(found, expected):
    if found != expected:
        raise AssertionError(f"{found!r:.200} instead of {expected!r:.200}")


class Caller:
    def __init__(self, path):
        names = ["initial_reconnect_backoff_ms", "min_reconnect_backoff_ms", "max_reconnect_backoff_ms"]
        options = [(f"grpc.{name}", 100) for name in names]
        options += [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        self.channel = grpc.insecure_channel("unix:" + path, options=options)
        self.methods = {}

    def unary(self, method):
        if method not in self.methods:
            path = method if method.startswith("/") else f"/test.v1.Test/{method}"
            self.methods[method] = self.channel.unary_unary(
                path, request_serializer=identity, response_deserializer=identity
            )
        return self.methods[method]

    def call(self, method, request=b"", timeout=20, **options):
        return self.unary(method)(request, timeout=timeout, **options)

    def stream(self, method, request, service="test.v1.Test"):
        return self.channel.unary_stream(
            f"/{service}/{method}", request_serializer=identity, response_deserializer=identity
        )(request, timeout=20)

    def failure(self, code, method, request=b"", timeout=20, **options):
        """The error of a call that has to end with a code."""
        try:
            self.call(method, request, timeout, **options)
        except grpc.RpcError as error:
            same((error.code(), error.details() if error.code() != code else ""), (code, ""))
            return error
        raise AssertionError(f"OK instead of {code}")


def unary(caller):
    for text in [b"hello", b""]:
        same(caller.call("Echo", text), text)


def large(caller):
    for size in [3 << 20, 4 << 20]:
        request = bytes(range(256)) * (size // 256)
        if caller.call("Echo", request) != request:
            raise AssertionError("other bytes came back")


def stream(caller):
    same(list(caller.stream("Count", b"5")), [b"0", b"1", b"2", b"3", b"4"])
    same(sum(1 for _ in caller.stream("Count", b"20000")), 20000)
    same(list(caller.stream("Count", b"0")), [])
    found = []
    try:
        for message in caller.stream("Break", b""):
            found.append(message)
    except grpc.RpcError as error:
        found += [error.code(), error.details()]
    same(found, [b"0", b"1", grpc.StatusCode.ABORTED, "broken"])


def statuses(caller):
    for number in range(1, 17):
        error = caller.failure(BY_NUMBER[number], "Fail", f"{number} no".encode())
        same(error.details(), "no")
        reason, request = rpc_status.from_call(error).details
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        same((reason.Unpack(info), request.Unpack(bad)), (True, True))
        same((info.reason, info.domain, dict(info.metadata)), ("OUT_OF_STOCK", "dropwire", {"sku": "1"}))
        same([(v.field, v.description) for v in bad.field_violations], [("price", "is 0")])


def messages(caller):
    texts = ["größer 100 % — 漢字 😀", "one\ntwo\ttab\r", "%41 100%", "", " outer spaces ", "a" * 1000]
    for text in texts:
        error = caller.failure(grpc.StatusCode.NOT_FOUND, "Fail", f"5 {text}".encode())
        same(error.details(), text)
    error = caller.failure(grpc.StatusCode.NOT_FOUND, "Fail", ("5 " + "ü" * 3000).encode())
    same(error.details(), "ü" * 512)


def metadata(caller):
    for raw in [b"\x00\x01\xff", b"\xfe", b"\x00\xff\xfe\xfd"]:
        sent = [("dropwire-actor", "operator:kim"), ("raw-bin", raw)]
        same(caller.call("Metadata", metadata=sent).decode(), "operator:kim " + raw.hex())


def deadline(caller):
    caller.failure(grpc.StatusCode.DEADLINE_EXCEEDED, "Hold", b"deadline", timeout=0.5)
    caller.call("Cancelled", b"deadline")


def server_deadline(caller):
    late = grpc.StatusCode.DEADLINE_EXCEEDED
    error = caller.failure(late, "Hold", b"server-deadline", timeout=None)
    if "did not end in the time" not in error.details():
        raise AssertionError("not the server's deadline: " + error.details())
    caller.call("Cancelled", b"server-deadline")


def left(caller):
    text = caller.call("Left", timeout=100).decode()
    if text not in ["98", "99", "100", "101"]:
        raise AssertionError(text + " s left")


def cancel(caller):
    call = caller.unary("Hold").future(b"cancel", timeout=60)
    caller.call("Started", b"cancel")
    call.cancel()
    caller.call("Cancelled", b"cancel")
    same(call.code(), grpc.StatusCode.CANCELLED)


def limits(caller):
    above = (4 << 20) + 1
    exhausted = grpc.StatusCode.RESOURCE_EXHAUSTED
    caller.failure(exhausted, "Echo", b"x" * above)
    caller.failure(exhausted, "Fill", str(above).encode())
    caller.failure(exhausted, "Echo", b"x" * (20 << 20))
    same(caller.call("Echo", b"still here"), b"still here")


def unknown(caller):
    caller.failure(UNIMPLEMENTED, "Nothing")
    caller.failure(UNIMPLEMENTED, "/test.v1.Nothing/Echo")


def compressed(caller):
    caller.failure(UNIMPLEMENTED, "Echo", b"x" * 10000, compression=grpc.Compression.Gzip)
    same(caller.call("Echo", b"x" * 10000), b"x" * 10000)


def every(caller, count, at_once):
    """Calls of which some are open at once, all of them answered right."""
    places = threading.Semaphore(at_once)
    futures = []
    for number in range(count):
        places.acquire()
        future = caller.unary("Echo").future(str(number).encode(), timeout=60)
        future.add_done_callback(lambda _: places.release())
        futures.append(future)
    for number, future in enumerate(futures):
        same(future.result().decode(), str(number))


def many(caller):
    every(caller, 10000, 64)
    same(caller.call("Connections"), b"1")


def at_once(caller):
    every(caller, 1000, 1000)


def health(caller):
    """HealthCheckRequest { string service = 1 }, HealthCheckResponse { enum status = 1 } by hand."""
    check = "/grpc.health.v1.Health/Check"
    name = b"test.v1.Test"
    named = bytes([0x0A, len(name)]) + name
    for request in [b"", named]:
        same(caller.call(check, request), b"\x08\x01")
    caller.failure(grpc.StatusCode.NOT_FOUND, check, b"\x0a\x07nothing")
    watch = caller.stream("Watch", named, "grpc.health.v1.Health")
    same(next(watch), b"\x08\x01")
    watch.cancel()


def reflection(caller):
    from google.protobuf.descriptor_pool import DescriptorPool
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
        ProtoReflectionDescriptorDatabase,
    )

    database = ProtoReflectionDescriptorDatabase(caller.channel)
    names = database.get_services()
    same([name in names for name in ["test.v1.Test", "grpc.health.v1.Health"]], [True, True])
    found = DescriptorPool(database).FindServiceByName("grpc.health.v1.Health")
    same([method.name for method in found.methods], ["Check", "Watch"])


def drain(caller):
    """Calls until an answer says enough, while the server is replaced by another one.

    One call stays open from the first server's time.
    """
    kept = caller.unary("Stay").future(b"", timeout=20)
    caller.call("Started", b"stay")
    counts = {"done": 0, "unavailable": 0}
    failures = []
    lock = threading.Lock()

    def work():
        answer = b""
        while answer != b"enough":
            try:
                answer = caller.call("Work", wait_for_ready=True)
                outcome = "done"
            except grpc.RpcError as error:
                if error.code() != grpc.StatusCode.UNAVAILABLE:
                    failures.append(str(error.code()) + error.details())
                    return
                outcome = "unavailable"
            with lock:
                counts[outcome] += 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(kept.result(), b"kept")
    same(failures, [])
    return f" {counts['done']} {counts['unavailable']}"


def main():
    bodies = [
        unary, large, stream, statuses, messages, metadata, deadline, server_deadline, left, cancel,
        limits, unknown, compressed, many, at_once, health, reflection, drain,
    ]
    by_name = {body.__name__.replace("_", "-"): body for body in bodies}
    caller = Caller(sys.argv[1])
    for name in sys.argv[2:]:
        try:
            print("ok", name + (by_name[name](caller) or ""), flush=True)
        except Exception as error:
            print("failed", name, repr(error).replace("\n", " ")[:600], flush=True)


if __name__ == "__main__":
    main()
