"""A chat completion in chunks (server-sent events) to the one that would have come whole: whole, or lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import requests

from ferry.adapters.openai_compatible.faults import of_answer
from ferry.domain.errors import ModelUnavailable

Json = dict[str, Any]
Watch = Callable[[int], None]
DONE = "[DONE]"


def collected(model: str, answer: requests.Response, watch: Watch) -> Json:
    """watch: told the characters so far with each piece. ModelUnavailable (lost) for a stream that breaks off: whole is
    one that said why it stopped and then ``[DONE]``."""
    whole = _Answer(watch)
    try:
        for chunk in _chunks(model, answer.iter_lines()):
            whole.add(chunk)
    except requests.RequestException as error:
        raise ModelUnavailable(f"{model}: the answer broke off ({type(error).__name__})", lost=True) from error
    if not whole.body["choices"][0].get("finish_reason"):
        raise ModelUnavailable(f"{model}: the answer broke off before its end was told", lost=True)
    return whole.body


def _chunks(model: str, lines: Iterable[bytes]) -> Iterable[Json]:
    for line in lines:
        if not line.startswith(b"data:"):
            continue
        text = line[5:].strip()
        if text == DONE.encode():
            return
        try:
            chunk = json.loads(text)
        except ValueError as error:
            raise ModelUnavailable(f"{model}: the answer broke off within a piece", lost=True) from error
        if "error" in chunk:
            fault = of_answer(model, _status(chunk["error"]), chunk)
            if isinstance(fault, ModelUnavailable):
                fault.lost = True
            raise fault
        yield chunk
    raise ModelUnavailable(f"{model}: the answer broke off before {DONE}", lost=True)


def _status(fault: object) -> int:
    """An error inside a stream has no status but the one it names."""
    named = fault.get("code") if isinstance(fault, dict) else None
    return named if isinstance(named, int) else 500


class _Answer:
    def __init__(self, watch: Watch) -> None:
        self._watch, self._characters = watch, 0
        self._message: Json = {"role": "assistant", "content": ""}
        self._calls: list[Json] = []
        self.body: Json = {"choices": [{"index": 0, "message": self._message, "finish_reason": None}]}

    def add(self, chunk: Json) -> None:
        """The last chunk has the usage and no choice."""
        if chunk.get("usage"):
            self.body["usage"] = chunk["usage"]
        for choice in (chunk.get("choices") or [])[:1]:
            self._delta(choice.get("delta") or {})
            if choice.get("finish_reason"):
                self.body["choices"][0]["finish_reason"] = choice["finish_reason"]

    def _delta(self, delta: Json) -> None:
        for name in ("content", "refusal", "reasoning_content", "reasoning"):
            if isinstance(delta.get(name), str) and delta[name]:
                self._message[name] = (self._message.get(name) or "") + delta[name]
                self._seen(delta[name])
        for piece in delta.get("tool_calls") or []:
            self._call(piece)
        if self._calls:
            self._message["tool_calls"] = self._calls

    def _call(self, piece: Json) -> None:
        """A piece belongs to the call of its index; a new id begins a new call, for some servers number them all 0."""
        function, key = piece.get("function") or {}, piece.get("index", 0)
        open_call = next((call for call in reversed(self._calls) if call["index"] == key), None)
        if open_call is None or (piece.get("id") and open_call["id"] and piece["id"] != open_call["id"]):
            open_call = {"index": key, "id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            self._calls.append(open_call)
        open_call["id"] = open_call["id"] or piece.get("id") or ""
        open_call["function"]["name"] = open_call["function"]["name"] or function.get("name") or ""
        open_call["function"]["arguments"] += function.get("arguments") or ""
        self._seen(function.get("arguments") or "")

    def _seen(self, piece: str) -> None:
        self._characters += len(piece)
        if piece:
            self._watch(self._characters)
