"""An echo by grpcio's asyncio side, and its caller.

usage: echo.py server DESCRIPTORS SOCKET
       echo.py client DESCRIPTORS SOCKET IN_FLIGHT SECONDS
DESCRIPTORS is what `protoc --descriptor_set_out` makes of testing/echo.proto.
"""

import asyncio
import sys
import time

import grpc
from google.protobuf import descriptor_pb2, message_factory

SERVICE = "dropwire.testing.v1.Echo"
WARM_UP_SECONDS = 0.5
DEADLINE_SECONDS = 5


def message_type(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    return message_factory.GetMessages(files.file)["dropwire.testing.v1.EchoMessage"]


async def serve(message, socket):
    async def echo(request, context):
        return request

    method = grpc.unary_unary_rpc_method_handler(
        echo, request_deserializer=message.FromString,
        response_serializer=message.SerializeToString)
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(SERVICE, {"Echo": method})])
    server.add_insecure_port("unix:" + socket)
    await server.start()
    print("ready", flush=True)
    await server.wait_for_termination()


async def run_lane(call, request, number, begin, end):
    """One caller: the latencies of its measured calls, and the number of all of them."""
    metadata = (("x-request-id", f"bench-lane-{number}"),)
    latencies, total = [], 0
    sent = time.monotonic()
    while sent < end:
        answer = await call(request, timeout=DEADLINE_SECONDS, metadata=metadata)
        answered = time.monotonic()
        if answer != request:
            sys.exit("an answer has another content")
        total += 1
        if sent >= begin and answered <= end:
            latencies.append(answered - sent)
        sent = answered
    return latencies, total


async def load(message, socket, in_flight, seconds):
    request = message(
        paypal_order_id="5O190127TN364715T", user_id=42,
        product_url="https://www.aliexpress.com/item/1005006104579280.html", quantity=2,
        idempotency_key="7d444840-9dc0-11d1-b245-5ffdce74fad2")
    async with grpc.aio.insecure_channel("unix:" + socket) as channel:
        call = channel.unary_unary(
            f"/{SERVICE}/Echo", request_serializer=message.SerializeToString,
            response_deserializer=message.FromString)
        begin = time.monotonic() + WARM_UP_SECONDS
        lanes = await asyncio.gather(*(
            run_lane(call, request, number, begin, begin + seconds)
            for number in range(in_flight)))
    latencies = sorted(latency for lane, _ in lanes for latency in lane)
    p50, p99 = (latencies[int(len(latencies) * share)] * 1e6 for share in (0.5, 0.99))
    total = sum(total for _, total in lanes)
    print(len(latencies), seconds, f"{p50:.1f}", f"{p99:.1f}", total, sep="\t")


def main(role, descriptors, *rest):
    message = message_type(descriptors)
    if role == "server":
        asyncio.run(serve(message, rest[0]))
    else:
        asyncio.run(load(message, rest[0], int(rest[1]), float(rest[2])))


if __name__ == "__main__":
    main(*sys.argv[1:])
