"""A stock gRPC server, of grpcio, that speaks raw bytes.

Usage: server.py SOCKET
"""

import collections
import concurrent.futures
import os
import sys
import threading

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

BY_NUMBER = {code.value[0]: code for code in grpc.StatusCode}
started = collections.defaultdict(threading.Event)
cancelled = collections.defaultdict(threading.Event)
released = threading.Event()
lock = threading.Lock()
runs = 0


def echo(request, context):
    return request


def fill(request, context):
    return b"\x07" * int(request)


def fail(request, context):
    number, message = request.decode().split(" ", 1)
    details = [
        error_details_pb2.ErrorInfo(reason="OUT_OF_STOCK", domain="dropwire", metadata={"sku": "1"}),
        error_details_pb2.BadRequest(field_violations=[{"field": "price", "description": "is 0"}]),
    ]
    status = status_pb2.Status(code=int(number), message=message)
    for detail in details:
        packed = any_pb2.Any()
        packed.Pack(detail)
        status.details.append(packed)
    context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
    context.abort(BY_NUMBER[int(number)], message)


def metadata(request, context):
    context.send_initial_metadata([("answer-bin", b"\x00\xff"), ("answer", "head")])
    context.set_trailing_metadata([("answer-bin", b"\x01\xfe"), ("answer", "trailer")])
    found = dict(context.invocation_metadata())
    return f"{found.get('dropwire-actor', '')} {found.get('raw-bin', b'').hex()}".encode()


def left(request, context):
    return str(round(context.time_remaining())).encode()


def hold(request, context):
    gone = threading.Event()
    context.add_callback(gone.set)
    started[request].set()
    gone.wait(60)
    cancelled[request].set()
    return b""


def await_started(request, context):
    started[request].wait(20)
    return b""


def await_cancelled(request, context):
    cancelled[request].wait(20)
    return b""


def work(request, context):
    global runs
    with lock:
        runs += 1
    return b"more"


def stay(request, context):
    started[b"stay"].set()
    released.wait(30)
    return b"kept"


def count(request, context):
    for number in range(int(request)):
        yield str(number).encode()


def break_off(request, context):
    yield b"0"
    yield b"1"
    context.abort(grpc.StatusCode.ABORTED, "broken")


UNARY = {
    "Echo": echo, "Fill": fill, "Fail": fail, "Metadata": metadata, "Left": left, "Hold": hold,
    "Started": await_started, "Cancelled": await_cancelled, "Work": work, "Stay": stay,
}
STREAMS = {"Count": count, "Break": break_off}


def start(path, **options):
    handlers = {name: grpc.unary_unary_rpc_method_handler(body) for name, body in UNARY.items()}
    for name, body in STREAMS.items():
        handlers[name] = grpc.unary_stream_rpc_method_handler(body)
    limits = ["max_send_message_length", "max_receive_message_length"]
    server = grpc.server(
        concurrent.futures.ThreadPoolExecutor(32),
        options=[(f"grpc.{limit}", -1) for limit in limits],
        **options,
    )
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("test.v1.Test", handlers)])
    server.add_insecure_port("unix:" + path)
    server.start()
    return server


def main():
    server = start(sys.argv[1])
    packing = start(sys.argv[1] + ".packed", compression=grpc.Compression.Gzip)
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "stop\n":
            stopped = server.stop(30)
        if line == "release\n":
            released.set()
            stopped.wait()
            print("runs", runs, flush=True)
            break
    packing.stop(0)
    os._exit(0)


if __name__ == "__main__":
    main()
