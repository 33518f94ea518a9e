"""ConverseStream: a reply in events, framed as smithy.io/2.0/aws/amazon-eventstream.html says.

Every event is checked against the service's model before it is sent; exceptions are messages of their own type.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from local.standins.bedrock import shapes

if TYPE_CHECKING:
    Json = dict[str, Any]

PIECE = 5
STRING = 7


def events(reply: Json) -> Iterator[tuple[str, Json]]:
    """What Converse would have answered, piece by piece: name and body of each event."""
    yield "messageStart", {"role": "assistant"}
    for index, block in enumerate(reply["output"]["message"]["content"]):
        if "toolUse" in block:
            use = block["toolUse"]
            start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
            yield "contentBlockStart", {"start": start, "contentBlockIndex": index}
        for delta in _deltas(block):
            yield "contentBlockDelta", {"delta": delta, "contentBlockIndex": index}
        yield "contentBlockStop", {"contentBlockIndex": index}
    yield "messageStop", {"stopReason": reply["stopReason"]}
    yield "metadata", {"usage": reply["usage"], "metrics": reply["metrics"]}


def _deltas(block: Json) -> Iterator[Json]:
    if "text" in block:
        yield from ({"text": piece} for piece in _pieces(block["text"]))
    elif "toolUse" in block:
        yield from ({"toolUse": {"input": piece}} for piece in _pieces(json.dumps(block["toolUse"]["input"])))
    else:
        reason = block["reasoningContent"]["reasoningText"]
        yield from ({"reasoningContent": {"text": piece}} for piece in _pieces(reason["text"]))
        yield {"reasoningContent": {"signature": reason["signature"]}}


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))


def frame(name: str, body: Json) -> bytes:
    """One event; one that the service's model forbids is this stand-in's own fault, so it ends the stream loudly."""
    if found := shapes.event_faults(name, body):
        return exception("internalServerException", f"the stand-in's event breaks the model: {'; '.join(found)}")
    return _message({":message-type": "event", ":event-type": name, ":content-type": "application/json"}, body)


def exception(name: str, message: str) -> bytes:
    """name: as the stream has it, e.g. ``throttlingException``."""
    headers = {":message-type": "exception", ":exception-type": name, ":content-type": "application/json"}
    return _message(headers, {"message": message})


def _message(headers: dict[str, str], body: Json) -> bytes:
    payload = json.dumps(body).encode()
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    framed = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return framed + struct.pack("!I", zlib.crc32(framed))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", STRING, len(text)) + text
