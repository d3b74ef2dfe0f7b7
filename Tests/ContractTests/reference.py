"""Google's protobuf for Python, as the other side of the contract's tests.

reference.py cases OUTPUT COUNT SEED   makes messages of every type: bytes, variants of them, JSON
reference.py check INPUT OUTPUT        reads what ours wrote; the output lists what does not agree
reference.py read INPUT OUTPUT         reads bytes that may be broken; null for what is refused

Files are JSON; bytes are in base 64.
"""

import base64
import json
import math
import random
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field
from google.protobuf.message import DecodeError

ROOT = Path(__file__).resolve().parents[2]


def files():
    """The .proto files as they are now, as descriptors."""
    protos = ["google/protobuf/timestamp.proto"]
    protos += sorted(str(p.relative_to(ROOT / "Proto")) for p in (ROOT / "Proto").rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["protoc", "-I", ROOT / "Proto", "-I", "/usr/include", "--include_imports",
             f"--descriptor_set_out={out.name}", *protos], check=True)
        return descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes())


def load(described=None):
    """The class of each message, by full name."""
    pool = descriptor_pool.DescriptorPool()
    classes = {}

    def add(descriptor):
        classes[descriptor.full_name] = message_factory.GetMessageClass(descriptor)
        for nested in descriptor.nested_types:
            add(nested)

    for file in (described or files()).file:
        pool.Add(file)
        for message in file.message_type:
            prefix = file.package + "." if file.package else ""
            add(pool.FindMessageTypeByName(prefix + message.name))
    return classes


# Values

WHOLE = {
    Field.CPPTYPE_INT32: [0, 1, -1, 127, 128, -(2**31), 2**31 - 1],
    Field.CPPTYPE_INT64: [0, 1, -1, 2**53 + 1, -(2**63), 2**63 - 1],
    Field.CPPTYPE_UINT32: [0, 1, 2**31, 2**32 - 1],
    Field.CPPTYPE_UINT64: [0, 1, 2**63, 2**64 - 1],
}
# Not -0.0: libprotobuf-c takes it for the default.
DOUBLES = [0.0, 1.5, -2.25, 0.1, 1e300, 5e-324, 1.7976931348623157e308, 1e21, -1e-7,
           math.inf, -math.inf, math.nan]
# Not the largest, which the reference writes and does not read; none below the normal ones, which
# it writes with more digits than they have.
FLOATS = [0.0, 1.5, 0.1, 1.1754943508222875e-38, 3.4e38, -3.4e38, 16777216.0, math.inf, -math.inf, math.nan]
TEXTS = ["", "a", "fifteen bytes..", "sixteen bytes...", "größer als 漢字 🙂 e\u0301", "\u202eabc",
         "\x01\x1f\x7f\"\\/\n\r\t", "\uffff\U0010ffff", "https://example.com/?a=1&b=<c>", "x" * 5000]
BLOBS = [b"", b"\0", b"\0\0\xff\xfe", bytes(range(256)), b"?>?>", b"\xff" * 3]


def value(field, rng, depth):
    kind = field.cpp_type
    if kind in WHOLE:
        return rng.choice(WHOLE[kind])
    if kind == Field.CPPTYPE_DOUBLE:
        return rng.choice(DOUBLES)
    if kind == Field.CPPTYPE_FLOAT:
        return struct.unpack("f", struct.pack("f", rng.choice(FLOATS)))[0]
    if kind == Field.CPPTYPE_BOOL:
        return rng.choice([False, True])
    if kind == Field.CPPTYPE_ENUM:
        return rng.choice([v.number for v in field.enum_type.values] + [77, -5])
    return rng.choice(BLOBS if field.type == Field.TYPE_BYTES else TEXTS)


def fill(message, rng, share, depth=0):
    """Sets a share of the fields, each oneof at most once."""
    if message.DESCRIPTOR.full_name == "google.protobuf.Timestamp":
        message.seconds = rng.choice([-62135596800, -1, 0, 1, 951782400, 1790000000, 253402300799])
        message.nanos = rng.choice([0, 1, 250000000, 250001000, 999999999])
        return
    chosen = {o.name: rng.choice(o.fields).name for o in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if rng.random() >= share or (oneof and chosen[oneof.name] != field.name):
            continue
        if field.is_repeated:
            items = getattr(message, field.name)
            for _ in range(rng.choice([0, 1, 2, 3])):
                if field.message_type:
                    if depth < 4:
                        fill(items.add(), rng, share, depth + 1)
                else:
                    items.append(value(field, rng, depth))
        elif field.message_type:
            child = getattr(message, field.name)
            child.SetInParent()
            fill(child, rng, share, depth + 1)
        else:
            setattr(message, field.name, value(field, rng, depth))


# Variants of the same message on the wire

def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def shuffled(message, rng):
    """The fields in any order, each scalar once before with another value."""
    pieces = []
    for field, _ in message.ListFields():
        piece = type(message)()
        if field.is_repeated:
            getattr(piece, field.name).MergeFrom(getattr(message, field.name))
        elif field.message_type:
            getattr(piece, field.name).CopyFrom(getattr(message, field.name))
        else:
            setattr(piece, field.name, getattr(message, field.name))
            other = type(message)()
            setattr(other, field.name, value(field, rng, 0))
            pieces.append((rng.random(), other.SerializeToString() + piece.SerializeToString()))
            continue
        pieces.append((rng.random(), piece.SerializeToString()))
    return b"".join(piece for _, piece in sorted(pieces))


def with_unknown(encoded, rng):
    """Fields that the message does not have, before and after its own."""
    unknown = [
        varint(5000 << 3) + varint(2**64 - 1), varint(5001 << 3 | 1) + b"12345678",
        varint(5002 << 3 | 2) + varint(3) + b"\xff\0\xff", varint(5003 << 3 | 5) + b"1234",
        varint(5002 << 3 | 2) + b"\0",
    ]
    rng.shuffle(unknown)
    return b"".join(unknown[:2]) + encoded + b"".join(unknown[2:])


def text(data):
    return base64.b64encode(data).decode()


def cases(count, seed):
    found = []
    for name, kind in sorted(load().items()):
        # One type's messages stay the same when another type changes.
        rng = random.Random(f"{seed} {name}")
        for at in range(count):
            message = kind()
            fill(message, rng, [0, 1, 0.5, 0.3][at % 4])
            encoded = message.SerializeToString(deterministic=True)
            found.append({
                "type": name,
                "bytes": text(encoded),
                "shuffled": text(shuffled(message, rng)),
                "withUnknown": text(with_unknown(encoded, rng)),
                "json": json_format.MessageToJson(message, indent=[None, 2][at % 2]),
                "protoNames": json_format.MessageToJson(
                    message, preserving_proto_field_name=True, use_integers_for_enums=True,
                    always_print_fields_with_no_presence=True),
            })
    return found


def differences(given, due, path):
    """Where two JSON values differ."""
    if isinstance(given, dict) and isinstance(due, dict):
        names = sorted(given.keys() | due.keys())
        pairs = [(given.get(name), due.get(name), f"{path}.{name}") for name in names]
        return [found for pair in pairs for found in differences(*pair)]
    return [] if given == due else [f"{path}: {given} is not {due}"]


def check(written):
    classes = load()
    wrong = []
    for item in written:
        message = classes[item["type"]].FromString(base64.b64decode(item["expected"]))
        expected = message.SerializeToString(deterministic=True)

        def agree(what, encoded):
            if encoded != expected:
                wrong.append(f"{item['type']}: {what} differ: {encoded[:80]!r} {expected[:80]!r}")

        ours = classes[item["type"]].FromString(base64.b64decode(item["bytes"]))
        agree("bytes", ours.SerializeToString(deterministic=True))
        for form in ["json", "pretty"]:
            parsed = json_format.Parse(item[form], classes[item["type"]]())
            agree(form, parsed.SerializeToString(deterministic=True))
            theirs = json.loads(json_format.MessageToJson(message))
            wrong += differences(json.loads(item[form]), theirs, item["type"])
    return wrong


def read(inputs):
    classes = load()
    found = []
    for item in inputs:
        try:
            message = classes[item["type"]].FromString(base64.b64decode(item["bytes"]))
            message.DiscardUnknownFields()
            found.append(text(message.SerializeToString(deterministic=True)))
        except DecodeError:
            found.append(None)
    return found


def main():
    verb, *arguments = sys.argv[1:]
    if verb == "cases":
        output, answer = arguments[0], cases(int(arguments[1]), int(arguments[2]))
    else:
        given = json.loads(Path(arguments[0]).read_text())
        output, answer = arguments[1], {"check": check, "read": read}[verb](given)
    Path(output).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
