"""The .proto files as the generator sees them: messages, enums and services with their comments."""

from google.protobuf.descriptor_pb2 import FieldDescriptorProto as Field
from google.protobuf.descriptor_pb2 import MethodOptions

from . import names

SCALARS = {
    Field.TYPE_DOUBLE: ("Double", "0"),
    Field.TYPE_FLOAT: ("Float", "0"),
    Field.TYPE_INT64: ("Int64", "0"),
    Field.TYPE_SINT64: ("Int64", "0"),
    Field.TYPE_SFIXED64: ("Int64", "0"),
    Field.TYPE_UINT64: ("UInt64", "0"),
    Field.TYPE_FIXED64: ("UInt64", "0"),
    Field.TYPE_INT32: ("Int32", "0"),
    Field.TYPE_SINT32: ("Int32", "0"),
    Field.TYPE_SFIXED32: ("Int32", "0"),
    Field.TYPE_UINT32: ("UInt32", "0"),
    Field.TYPE_FIXED32: ("UInt32", "0"),
    Field.TYPE_BOOL: ("Bool", "false"),
    Field.TYPE_STRING: ("String", '""'),
    Field.TYPE_BYTES: ("[UInt8]", "[]"),
}

# Files that are not ours come with an essay; these sentences stand in for it.
FOREIGN_COMMENTS = {
    "google.protobuf.Timestamp": ["A moment: seconds and nanoseconds since 1970 in UTC."],
}

# A message's fields are marked as seen in one 64-bit word while its bytes are checked.
FIELDS_MAX = 64


class Unsupported(Exception):
    """Something in a .proto file that the contract does without."""


class Message:
    def __init__(self, schema, file, proto, path, outer):
        self.full_name = f"{outer or file.package}.{proto.name}"
        self.swift_name = self.full_name.removeprefix(file.package + ".")
        self.comment = schema.comment(file, path, self.full_name)
        self.roles = []
        if any(option for option in proto.oneof_decl if option.name.startswith("_")):
            raise Unsupported(f"{self.full_name}: protoc-c knows no `optional` in proto3")
        if len(proto.field) > FIELDS_MAX:
            raise Unsupported(f"{self.full_name} has more than {FIELDS_MAX} fields")
        order = sorted(field.number for field in proto.field)
        self.fields = [
            FieldModel(self, field, order.index(field.number), schema.comment(file, path + (2, at)))
            for at, field in enumerate(proto.field)
        ]
        self.oneofs = [
            Oneof(self, oneof.name, at, schema.comment(file, path + (8, at)))
            for at, oneof in enumerate(proto.oneof_decl)
        ]


class FieldModel:
    def __init__(self, message, proto, index, comment):
        if proto.type == Field.TYPE_GROUP:
            raise Unsupported(f"{message.full_name}.{proto.name} is a group")
        self.name = names.property_name(proto.name)
        # Where protoc-c's descriptor has it: its fields are sorted by number.
        self.index = index
        self.comment = comment
        self.type = proto.type
        self.type_name = proto.type_name
        self.is_repeated = proto.label == Field.LABEL_REPEATED
        self.oneof = proto.oneof_index if proto.HasField("oneof_index") else None

    def element(self, schema):
        """The Swift type of one value."""
        if self.type in SCALARS:
            return SCALARS[self.type][0]
        return schema.swift_names[self.type_name]

    def swift_type(self, schema):
        element = self.element(schema)
        if self.is_repeated:
            return f"[{element}]"
        return element + "?" if self.type == Field.TYPE_MESSAGE else element

    def default(self, schema):
        if self.is_repeated:
            return "[]"
        if self.type == Field.TYPE_MESSAGE:
            return "nil"
        if self.type == Field.TYPE_ENUM:
            return "." + schema.zero_cases[self.type_name]
        return SCALARS[self.type][1]

    @property
    def access(self):
        """The method of FieldReader and FieldWriter that moves it."""
        if self.is_repeated:
            return "values"
        return "message" if self.type == Field.TYPE_MESSAGE else "value"


class Oneof:
    def __init__(self, message, name, at, comment):
        self.name = names.property_name(name)
        self.swift_name = self.name[0].upper() + self.name[1:]
        self.comment = comment
        self.fields = [field for field in message.fields if field.oneof == at]


class Enum:
    def __init__(self, schema, file, proto, path, outer):
        self.full_name = f"{outer or file.package}.{proto.name}"
        self.swift_name = self.full_name.removeprefix(file.package + ".")
        self.prefix = names.value_prefix(proto.name)
        self.comment = schema.comment(file, path, self.full_name)
        if proto.options.allow_alias:
            raise Unsupported(f"{self.full_name} has aliases")
        self.values = [
            (names.case_name(proto.name, value.name), value.name, value.number,
             schema.comment(file, path + (2, at)))
            for at, value in enumerate(proto.value)
        ]


class Service:
    def __init__(self, schema, file, proto, path):
        self.full_name = f"{file.package}.{proto.name}"
        self.name = proto.name
        self.comment = schema.comment(file, path)
        self.methods = [
            Method(proto.name, method, schema.comment(file, path + (2, at)))
            for at, method in enumerate(proto.method)
        ]


class Method:
    def __init__(self, service, proto, comment):
        if proto.client_streaming:
            raise Unsupported(f"{service}.{proto.name} streams requests")
        self.name = proto.name
        self.swift_name = names.method_name(proto.name)
        self.comment = comment
        self.request = proto.input_type
        self.answer = proto.output_type
        self.is_streaming = proto.server_streaming
        self.is_idempotent = (
            proto.options.idempotency_level != MethodOptions.IDEMPOTENCY_UNKNOWN
        )


class Schema:
    """Everything of one run of the generator."""

    def __init__(self, files):
        self.files = files
        self.swift_names = {}
        self.zero_cases = {}
        self.comments = {file.name: self.located(file) for file in files}
        self.messages, self.enums, self.services = {}, {}, {}
        for file in files:
            self.messages[file.name], self.enums[file.name] = [], []
            for at, proto in enumerate(file.enum_type):
                self.add_enum(file, proto, (5, at), None)
            for at, proto in enumerate(file.message_type):
                self.add_message(file, proto, (4, at), None)
            self.services[file.name] = [
                Service(self, file, proto, (6, at)) for at, proto in enumerate(file.service)
            ]
        self.add_roles()

    def add_message(self, file, proto, path, outer):
        if proto.options.map_entry:
            raise Unsupported(f"{outer} has a map; use a repeated message")
        message = Message(self, file, proto, path, outer)
        self.name(message)
        self.messages[file.name].append(message)
        for at, nested in enumerate(proto.enum_type):
            self.add_enum(file, nested, path + (4, at), message.full_name)
        for at, nested in enumerate(proto.nested_type):
            self.add_message(file, nested, path + (3, at), message.full_name)

    def add_enum(self, file, proto, path, outer):
        enum = Enum(self, file, proto, path, outer)
        self.name(enum)
        self.enums[file.name].append(enum)
        zero = next(case for case, _, number, _ in enum.values if number == 0)
        self.zero_cases["." + enum.full_name] = zero

    def name(self, item):
        if item.swift_name in self.swift_names.values():
            raise Unsupported(f"{item.full_name}: another package has a {item.swift_name}")
        self.swift_names["." + item.full_name] = item.swift_name

    def add_roles(self):
        """Notes for each message which methods take it or answer with it."""
        messages = {
            "." + message.full_name: message
            for file in self.files for message in self.messages[file.name]
        }
        for file in self.files:
            for service in self.services[file.name]:
                for method in service.methods:
                    name = f"`{service.name}.{method.name}`"
                    messages[method.request].roles.append(f"The request of {name}.")
                    messages[method.answer].roles.append(f"The answer of {name}.")

    @staticmethod
    def located(file):
        return {
            tuple(location.path): location.leading_comments
            for location in file.source_code_info.location
        }

    def comment(self, file, path, full_name=None):
        """The lines of the comment above something."""
        if not file.package.startswith("dropwire."):
            return FOREIGN_COMMENTS.get(full_name, [])
        text = self.comments[file.name].get(path, "")
        return [line.strip() for line in text.strip().splitlines()]
