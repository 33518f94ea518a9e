"""A chat completion as server-sent events, whole or spoiled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
PIECE = 7


def sent(reply: Json, spoiled: str) -> Iterator[str]:
    """spoiled: ``end`` (stops early), ``cut`` (the connection goes), ``half`` (within a piece), ``error``, or ""."""
    chunks = list(_chunks(reply))
    for number, chunk in enumerate(chunks):
        if spoiled and number == len(chunks) // 2:
            yield from _spoil(spoiled, json.dumps(chunk))
            return
        yield f"data: {json.dumps(chunk)}\n\n"
    yield "data: [DONE]\n\n"


def _spoil(how: str, chunk: str) -> Iterator[str]:
    if how == "cut":
        raise OSError("the connection is cut on purpose")
    if how == "half":
        yield f"data: {chunk[: len(chunk) // 2]}\n\n"
    if how == "error":
        yield 'data: {"error": {"message": "the engine died", "code": 500}}\n\n'


def _chunks(reply: Json) -> Iterator[Json]:
    head = {name: reply[name] for name in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    [choice] = reply["choices"]
    for delta in _deltas(choice["message"]):
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    if "usage" in reply:
        yield {**head, "choices": [], "usage": reply["usage"]}


def _deltas(message: Json) -> Iterator[Json]:
    yield {"role": "assistant", "content": ""}
    for name in ("reasoning_content", "reasoning", "content", "refusal"):
        yield from ({name: piece} for piece in _pieces(message.get(name) or ""))
    for index, call in enumerate(message.get("tool_calls", ())):
        named = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
        yield {"tool_calls": [{"index": index, **named}]}
        for piece in _pieces(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))
