"""For each service: the protocol of its methods, the typed client, and its entry in the catalogue."""

import base64

from google.protobuf.descriptor_pb2 import FileDescriptorProto

from . import names
from .source import Source


def methods(schema, file, service, imports):
    source = Source(file.name, imports + ["public import RPC"])
    source.line()
    source.comment(service.comment)
    source.line("///")
    source.comment(["A method that a type does not have answers UNIMPLEMENTED."])
    with source.open(f"public protocol {service.name}Methods: Sendable"):
        for at, method in enumerate(service.methods):
            if at > 0 and method.comment:
                source.line()
            source.comment(method.comment)
            source.line(signature(schema, method))
    source.line()
    with source.open(f"extension {service.name}Methods"):
        for method in service.methods:
            with source.open("public " + signature(schema, method)):
                source.line(f'throw .unimplemented("{service.full_name}", "{method.name}")')
            source.line()
        source.line("/// The service as a server takes it.")
        with source.open("public func rpcService() -> RPCService"):
            source.line("var methods: [String: MethodImplementation] = [:]")
            for method in service.methods:
                kind = "streaming" if method.is_streaming else "answering"
                source.line(f'methods["{method.name}"] = .{kind}({method.swift_name})')
            source.line(
                f'return RPCService(name: "{service.full_name}", methods: methods)')
    return source.text()


def signature(schema, method):
    request = schema.swift_names[method.request]
    answer = schema.swift_names[method.answer]
    head = f"func {method.swift_name}(_ request: {request}, _ context: CallContext"
    if method.is_streaming:
        return head + f", _ responses: ResponseStream<{answer}>) async throws"
    return head + f") async throws -> {answer}"


def client(schema, file, service, imports):
    source = Source(file.name, imports + ["public import RPC"])
    source.line()
    source.line(f"/// Calls `{service.full_name}`. Every error is an `RPCError`.")
    with source.open(f"public struct {service.name}Client: Sendable"):
        source.line("private let channel: any RPCChannel")
        source.line()
        with source.open("public init(_ channel: any RPCChannel)"):
            source.line("self.channel = channel")
        for method in service.methods:
            source.line()
            source.comment(method.comment)
            call(source, schema, service, method)
    return source.text()


def call(source, schema, service, method):
    request = schema.swift_names[method.request]
    answer = schema.swift_names[method.answer]
    head = (
        f"public func {method.swift_name}"
        f"(_ request: {request}, options: CallOptions = CallOptions())"
    )
    name = f'"{service.full_name}", "{method.name}", request'
    if method.is_streaming:
        with source.open(head + f" -> AsyncThrowingStream<{answer}, any Error>"):
            source.line(f"channel.stream({name}, options)")
    else:
        is_idempotent = str(method.is_idempotent).lower()
        with source.open(head + f" async throws -> {answer}"):
            source.line(
                f"try await channel.call({name}, isIdempotent: {is_idempotent}, options)")


def catalogue(schema, files):
    source = Source("the services of all .proto files")
    services = [service for file in files for service in schema.services[file.name]]
    source.line()
    source.line("/// Every service, for callers that choose the method at run time.")
    with source.open("public enum ContractCatalogue"):
        listed = ", ".join(names.method_name(service.name) for service in services)
        source.line(f"public static let services: [ServiceDescription] = [{listed}]")
        source.line()
        source.line("/// The type of every message.")
        source.line("package static let messages: [any ContractMessage.Type] = [")
        for file in files:
            for message in schema.messages[file.name]:
                source.line(f"  {message.swift_name}.self,")
        source.line("]")
        for service in services:
            source.line()
            entry(source, schema, service)
    return source.text()


def entry(source, schema, service):
    name = names.method_name(service.name)
    source.line(f"static let {name} = ServiceDescription(")
    source.line(f'  fullName: "{service.full_name}",')
    source.line("  methods: [")
    for method in service.methods:
        request = schema.swift_names[method.request]
        answer = schema.swift_names[method.answer]
        kind = "streaming" if method.is_streaming else "answering"
        is_idempotent = str(method.is_idempotent).lower()
        tail = "" if method.is_streaming else f", isIdempotent: {is_idempotent}"
        source.line(
            f'    MethodDescription.{kind}("{service.full_name}", "{method.name}", '
            f"{request}.self, {answer}.self{tail}),")
    source.line("  ])")


def file_descriptors(files):
    """The .proto files in the form that gRPC's reflection service hands out."""
    source = Source("all .proto files")
    source.line()
    with source.open("extension ContractCatalogue"):
        source.line("/// Each file as a google.protobuf.FileDescriptorProto in base 64.")
        source.line("static let encodedFiles: [String] = [")
        for file in files:
            bare = FileDescriptorProto()
            bare.CopyFrom(file)
            bare.ClearField("source_code_info")
            encoded = base64.b64encode(bare.SerializeToString(deterministic=True)).decode()
            source.line('  """')
            for at in range(0, len(encoded), 88):
                end = "\\" if at + 88 < len(encoded) else ""
                source.line(f"  {encoded[at:at + 88]}{end}")
            source.line('  """,')
        source.line("]")
    return source.text()
