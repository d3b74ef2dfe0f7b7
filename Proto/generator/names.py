"""How names of the .proto files are spelled in Swift and in C."""

import re

ACRONYMS = {"id": "ID", "ids": "IDs", "url": "URL", "urls": "URLs", "api": "API", "json": "JSON"}

# Words that Swift reserves where a property, an enum case or an argument label may stand.
RESERVED = {
    "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
    "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
    "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
    "operator", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static",
    "struct", "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
    "where", "while",
}


def escaped(name):
    """A name between backticks when Swift reserves it."""
    return f"`{name}`" if name in RESERVED else name


def camel(words):
    """Lower camel case; acronyms keep one case, except as the first word."""
    head, *tail = [word.lower() for word in words if word]
    return head + "".join(ACRONYMS.get(word, word.capitalize()) for word in tail)


def property_name(field_name):
    """`order_id` is `orderID`, `approve_url` is `approveURL`."""
    return camel(field_name.split("_"))


def case_name(enum_name, value_name):
    """`ORDER_STATE_AWAITING_PAYMENT` of `OrderState` is `awaitingPayment`."""
    return camel(value_name.removeprefix(value_prefix(enum_name)).split("_"))


def value_prefix(enum_name):
    """What every value of an enum begins with: `ORDER_STATE_`."""
    return lower_words(enum_name).upper() + "_"


def method_name(rpc_name):
    """`CreateCheckout` is `createCheckout`."""
    return rpc_name[0].lower() + rpc_name[1:]


def lower_words(name):
    """`RecordSaleRequest` is `record_sale_request`, as protoc-c spells C names."""
    return re.sub(r"(?<=[^A-Z])([A-Z])", r"_\1", name).lower()


def c_descriptor(full_name):
    """The variable in which protoc-c keeps a message's descriptor."""
    return "__".join(lower_words(part) for part in full_name.split(".")) + "__descriptor"


def c_accessor(full_name):
    """The function through which Swift reaches that descriptor."""
    return full_name.replace(".", "_") + "_descriptor"
