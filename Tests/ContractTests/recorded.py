#!/usr/bin/env python3
"""What the contract promises to those who were built with an older one.

recorded.py record NAME          writes recorded/NAME.json: the contract as it is now, and messages
                                 of every type; a file that exists is not touched
recorded.py broken OUTPUT        what of the recorded contracts is not kept
recorded.py older INPUT OUTPUT   reads bytes of today by the recorded contracts; the output lists
                                 what they understand differently

INPUT and OUTPUT are JSON; bytes are in base 64. Run it with .build/python/bin/python3.
"""

import base64
import json
import sys
from pathlib import Path

from google.protobuf import descriptor_pb2, json_format
from google.protobuf.descriptor import FieldDescriptor as Field

import reference

FOLDER = Path(__file__).resolve().parent / "recorded"
KINDS = descriptor_pb2.FieldDescriptorProto


# Recording

def fill(message, choice, depth=0):
    """Sets every field, of each oneof the member that comes at a place."""
    chosen = [oneof.fields[choice % len(oneof.fields)].name for oneof in message.DESCRIPTOR.oneofs]
    for field in message.DESCRIPTOR.fields:
        if field.containing_oneof and field.name not in chosen:
            continue
        if field.message_type and depth == 3:
            continue
        for at in range(2 if field.is_repeated else 1):
            place = getattr(message, field.name)
            if field.message_type:
                if not field.is_repeated:
                    place.SetInParent()
                fill(place.add() if field.is_repeated else place, choice, depth + 1)
            elif field.is_repeated:
                place.append(value(field, at))
            else:
                setattr(message, field.name, value(field, at))


def value(field, at):
    """Another one for each field, so that no two are taken for each other."""
    number = 10 * field.number + at
    if field.cpp_type == Field.CPPTYPE_BOOL:
        return True
    if field.cpp_type == Field.CPPTYPE_ENUM:
        return field.enum_type.values[-1].number
    if field.type == Field.TYPE_BYTES:
        return bytes([number & 0xFF, 0, 0xFF])
    return f"{field.name} {number} größer" if field.type == Field.TYPE_STRING else number


def contract():
    """The files of the contract alone, not those of tests."""
    described = reference.files()
    kept = [f for f in described.file if f.name.startswith(("dropwire/", "google/"))]
    return descriptor_pb2.FileDescriptorSet(file=kept)


def record(name):
    path = FOLDER / f"{name}.json"
    if path.exists():
        sys.exit(f"{path} exists; what was recorded stays, give another name")
    described = contract()
    lines = [json.dumps({"files": base64.b64encode(described.SerializeToString()).decode()})]
    for kind, made in sorted(reference.load(described).items()):
        for choice in range(max([1] + [len(o.fields) for o in made.DESCRIPTOR.oneofs])):
            message = made()
            fill(message, choice)
            lines.append(json.dumps({
                "type": kind,
                "bytes": base64.b64encode(message.SerializeToString(deterministic=True)).decode(),
                "json": json_format.MessageToJson(message, indent=None),
            }, ensure_ascii=False))
    FOLDER.mkdir(exist_ok=True)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def recordings():
    """The contracts that were recorded, by name."""
    return {
        path.stem: descriptor_pb2.FileDescriptorSet.FromString(
            base64.b64decode(json.loads(path.read_text())[0]["files"]))
        for path in sorted(FOLDER.glob("*.json"))
    }


# Keeping

def members(described):
    """Everything that has a full name: its number or kind, and what it is. What is reserved too."""
    found, reserved = {}, set()

    def message(prefix, item):
        name = f"{prefix}.{item.name}"
        found[name] = "message"
        for field in item.field:
            oneof = item.oneof_decl[field.oneof_index].name if field.HasField("oneof_index") else ""
            found[f"{name}#{field.number}"] = (
                f"{KINDS.Label.Name(field.label)} {KINDS.Type.Name(field.type)} {field.type_name} "
                f"{field.name} {oneof}")
        for span in item.reserved_range:
            reserved.update(f"{name}#{number}" for number in range(span.start, span.end))
        for inner in item.nested_type:
            message(name, inner)
        for inner in item.enum_type:
            enum(name, inner)

    def enum(prefix, item):
        name = f"{prefix}.{item.name}"
        found[name] = "enum"
        for each in item.value:
            found[f"{name}#{each.number}"] = each.name
        for span in item.reserved_range:
            reserved.update(f"{name}#{number}" for number in range(span.start, span.end + 1))

    for file in described.file:
        for item in file.message_type:
            message(file.package, item)
        for item in file.enum_type:
            enum(file.package, item)
        for service in file.service:
            for method in service.method:
                found[f"{file.package}.{service.name}/{method.name}"] = (
                    f"{method.input_type} {method.output_type} {method.server_streaming} "
                    f"{method.options.idempotency_level}")
    return found, reserved


def broken(described, now):
    """What an older contract has and a newer one has not, or has differently."""
    (before, gone), (after, reserved) = members(described), members(now)
    wrong = [
        f"{name} was \"{what}\" and is \"{after.get(name, 'not there, nor reserved')}\""
        for name, what in before.items()
        if after.get(name) != what and not ("#" in name and name not in after and name in reserved)
    ]
    return wrong + [f"{name} was reserved and is used again" for name in gone if name in after]


def agree(old, new, path):
    """Where two readings of the same bytes differ, in what the older contract knows."""
    known = {field.number for field in old.DESCRIPTOR.fields}
    left = {field.number: (field, item) for field, item in old.ListFields()}
    right = {f.number: (f, item) for f, item in new.ListFields() if f.number in known}
    wrong = [f"{path}#{number}" for number in left.keys() ^ right.keys()]
    for number in left.keys() & right.keys():
        (field, one), (_, other) = left[number], right[number]
        pairs = zip(one, other) if field.is_repeated else [(one, other)]
        if field.is_repeated and len(one) != len(other):
            wrong.append(f"{path}#{number}")
        for at, pair in enumerate(pairs):
            if field.message_type:
                wrong += agree(*pair, f"{path}#{number}[{at}]")
            elif pair[0] != pair[1] and repr(pair[0]) != repr(pair[1]):
                wrong.append(f"{path}#{number}[{at}]: {pair}")
    return wrong


def older(inputs):
    now = reference.load()
    wrong = []
    for name, described in recordings().items():
        then = reference.load(described)
        for item in inputs:
            kind, data = item["type"], base64.b64decode(item["bytes"])
            if kind in then:
                found = agree(then[kind].FromString(data), now[kind].FromString(data), kind)
                wrong += [f"{name}: {difference}" for difference in found]
    return wrong


def main():
    verb, *arguments = sys.argv[1:]
    if verb == "record":
        record(arguments[0])
        return
    if verb == "broken":
        now = contract()
        answer = [
            f"{name}: {difference}" for name, described in recordings().items()
            for difference in broken(described, now)
        ]
    else:
        answer = older(json.loads(Path(arguments[0]).read_text()))
    Path(arguments[-1]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
