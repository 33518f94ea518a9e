"""Checks JSON against botocore's service model: all that the model says, where boto3 itself checks only a part.

Required and unknown members, types, enumerations, patterns, lengths, ranges, tagged unions; on requests and replies.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, ServiceModel

    Faults = Iterator[str]

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "map": (dict,),
    "list": (list,),
    "string": (str,),
    "blob": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}


@cache
def service() -> ServiceModel:
    return botocore.session.get_session().get_service_model("bedrock-runtime")


def errors(name: str) -> dict[str, int]:
    """Names of an operation's errors with their HTTP status."""
    return {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in _operation(name).error_shapes}


def request_faults(operation: str, request: Any) -> list[str]:
    return _all(_operation(operation).input_shape, request)


def reply_faults(operation: str, reply: Any) -> list[str]:
    return _all(_operation(operation).output_shape, reply)


def event_faults(name: str, body: Any) -> list[str]:
    """Of one event of ConverseStream."""
    events = _events()
    return _all(events[name], body) if name in events else [f"there is no event {name}"]


def stream_errors() -> tuple[str, ...]:
    """Names of the exceptions that may come within ConverseStream's stream."""
    return tuple(name for name, shape in _events().items() if shape.metadata.get("exception"))


def _events() -> dict[str, Any]:
    stream: Any = _operation("ConverseStream").output_shape
    return dict(stream.members["stream"].members)


def _operation(name: str) -> OperationModel:
    return service().operation_model(name)


def _all(shape: Shape | None, value: Any) -> list[str]:
    return list(faults(shape, value)) if shape else []


def faults(shape: Shape, value: Any, at: str = "") -> Faults:
    """What is wrong with `value`, as ``where: what``; nothing when the model allows it."""
    if getattr(shape, "is_document_type", False):
        return
    if not _has_type(shape, value):
        yield f"{at or 'body'}: must be of type {shape.type_name}"
    elif isinstance(shape, StructureShape):
        yield from _structure(shape, value, at)
    elif isinstance(shape, ListShape):
        yield from _size(shape, len(value), at)
        for index, item in enumerate(value):
            yield from faults(shape.member, item, f"{at}.{index}")
    elif isinstance(shape, MapShape):
        yield from _size(shape, len(value), at)
        for key, item in value.items():
            yield from faults(shape.key, key, f"{at}.{key}(key)")
            yield from faults(shape.value, item, f"{at}.{key}")
    else:
        yield from _scalar(shape, value, at)


def _has_type(shape: Shape, value: object) -> bool:
    allowed = _TYPES[shape.type_name]
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


def _structure(shape: StructureShape, value: dict[str, Any], at: str) -> Faults:
    members = {name: member for name, member in shape.members.items() if "location" not in member.serialization}
    given = {name for name, item in value.items() if item is not None}
    for name in sorted(set(value) - set(members)):
        yield f"{_join(at, name)}: unknown member; allowed are {', '.join(members)}"
    for name in shape.required_members:
        if name in members and name not in given:
            yield f"{_join(at, name)}: must not be null"
    if shape.is_tagged_union and len(given) != 1:
        yield f"{at}: must have exactly one of {', '.join(members)}"
    for name in sorted(given & set(members)):
        yield from faults(members[name], value[name], _join(at, name))


def _scalar(shape: Shape, value: Any, at: str) -> Faults:
    if isinstance(shape, StringShape):
        if shape.enum and value not in shape.enum:
            yield f"{at}: must satisfy enum value set: [{', '.join(shape.enum)}]"
        if (pattern := shape.metadata.get("pattern")) and not re.fullmatch(pattern, value):
            yield f"{at}: must satisfy regular expression pattern: {pattern[:120]}"
        yield from _size(shape, len(value), at)
    elif isinstance(value, int | float):
        yield from _size(shape, value, at)


def _size(shape: Shape, size: float, at: str) -> Faults:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and size < least:
        yield f"{at}: must be at least {least}"
    if most is not None and size > most:
        yield f"{at}: must be at most {most}"


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
