"""Value types: a struct for each message, an enum for each enum."""

from . import names
from .source import Source


def render(schema, file, imports):
    source = Source(file.name, imports)
    for enum in schema.enums[file.name]:
        within(source, enum, lambda: enumeration(source, enum))
    for message in schema.messages[file.name]:
        within(source, message, lambda: structure(source, schema, message))
    return source.text()


def within(source, item, body):
    """A nested type is declared in an extension of the type around it."""
    source.line()
    outer, _, _ = item.swift_name.rpartition(".")
    if outer:
        with source.open(f"extension {outer}"):
            body()
    else:
        body()


def structure(source, schema, message):
    source.comment(message.comment or message.roles[:1])
    name = message.swift_name.split(".")[-1]
    plain = [field for field in message.fields if field.oneof is None]
    members = [
        (field.comment, field.name, field.swift_type(schema), field.default(schema))
        for field in plain
    ] + [(oneof.comment, oneof.name, oneof.swift_name + "?", "nil") for oneof in message.oneofs]
    with source.open(f"public struct {name}: Sendable, Hashable"):
        for comment, member, type_name, _ in members:
            source.comment(comment)
            source.line(f"public var {names.escaped(member)}: {type_name}")
        if members:
            source.line()
        parameters = ", ".join(
            f"{names.escaped(member)}: {type_name} = {default}"
            for _, member, type_name, default in members
        )
        if members:
            with source.open(f"public init({parameters})"):
                for _, member, _, _ in members:
                    source.line(f"self.{member} = {names.escaped(member)}")
        else:
            source.line("public init() {}")
        for oneof in message.oneofs:
            source.line()
            choice(source, schema, oneof)


def choice(source, schema, oneof):
    source.comment(oneof.comment)
    with source.open(f"public enum {oneof.swift_name}: Sendable, Hashable"):
        for field in oneof.fields:
            source.comment(field.comment)
            source.line(f"case {names.escaped(field.name)}({field.element(schema)})")


def enumeration(source, enum):
    name = enum.swift_name.split(".")[-1]
    source.comment(enum.comment)
    with source.open(f"public enum {name}: ContractEnum"):
        for case, _, _, comment in enum.values:
            source.comment(comment)
            source.line(f"case {names.escaped(case)}")
        source.line("/// A number that this contract does not name, from a newer one.")
        source.line("case unrecognized(Int32)")
        source.line()
        source.line(f'public static let namePrefix = "{enum.prefix}"')
        cases = ", ".join("." + case for case, _, _, _ in enum.values)
        source.line(f"public static let allKnown: [Self] = [{cases}]")
        source.line()
        with source.open("public init(rawValue: Int32)"):
            with_switch(source, "rawValue", [
                (str(number), f"self = .{case}") for case, _, number, _ in enum.values
            ] + [(None, "self = .unrecognized(rawValue)")])
        source.line()
        with source.open("public var rawValue: Int32"):
            with_switch(source, "self", [
                (f".{case}", str(number)) for case, _, number, _ in enum.values
            ] + [(".unrecognized(let number)", "number")])
        source.line()
        with source.open("public var name: String"):
            with_switch(source, "self", [
                (f".{case}", f'"{value}"') for case, value, _, _ in enum.values
            ] + [(".unrecognized(let number)", "String(number)")])


def with_switch(source, subject, cases):
    source.line(f"switch {subject} {{")
    for pattern, result in cases:
        label = "default" if pattern is None else f"case {pattern}"
        source.line(f"{label}: {result}")
    source.line("}")
