"""How each message moves between its Swift value and the C structure or JSON."""

from . import names
from .source import Source


def render(schema, file, imports):
    source = Source(file.name, imports)
    for message in schema.messages[file.name]:
        source.line()
        with source.open(f"extension {message.swift_name}: ContractMessage"):
            accessor = names.c_accessor(message.full_name)
            source.line(f"public static let layout = MessageLayout({accessor}())")
            source.line()
            with source.open("public func write(to fields: inout some FieldWriter)"):
                writing(source, message)
            source.line()
            with source.open(
                "public init(from fields: some FieldReader) throws(ContractError)"
            ):
                reading(source, schema, message)
    return source.text()


def writing(source, message):
    for field in message.fields:
        if field.oneof is None:
            source.line(f"fields.{field.access}({field.index}, {names.escaped(field.name)})")
    for oneof in message.oneofs:
        source.line(f"switch {names.escaped(oneof.name)} {{")
        for field in oneof.fields:
            source.line(f"case .{field.name}(let value): fields.choice({field.index}, value)")
        source.line("case nil: break")
        source.line("}")


def reading(source, schema, message):
    for field in message.fields:
        if field.oneof is None:
            source.line(
                f"{names.escaped(field.name)} = try fields.{field.access}({field.index})")
    for oneof in message.oneofs:
        name = names.escaped(oneof.name)
        source.line(f"{name} = nil")
        for field in oneof.fields:
            element = field.element(schema)
            with source.open(f"if let value: {element} = try fields.choice({field.index})"):
                source.line(f"{name} = .{field.name}(value)")
