"""How many tokens a request has at the most, known before it is sent.

No tokeniser is asked: a model's vocabulary is made of pieces of at least one byte of UTF-8, so a text never has more
tokens than bytes, and JSON in ASCII never has fewer characters than its text has bytes, escaped by the vendor or not.
Characters / 3 is no such bound: Chinese, hexadecimal and emoji have more. What a vendor has counted in this
conversation already is taken from that count, so that only what is new since is weighed so carefully.
"""

from __future__ import annotations

import json

from ferry.agentkit.messages import Message, ModelReply, ModelRequest
from ferry.domain.document import Document

# Roles and separators of a turn, and what vendors say to a model about tools: generous, but bounds.
A_TURN, ABOUT_TOOLS = 16, 1_000


class Scale:
    """Of one conversation."""

    def __init__(self) -> None:
        self._head = ""
        self._counted: tuple[Message, ...] = ()
        self._tokens = 0

    def weigh(self, request: ModelRequest) -> int:
        """Tokens, system prompt and tools among them."""
        known = self._counted
        if known and self._head == _head(request) and request.messages[: len(known)] == known:
            return self._tokens + _turns(request.messages[len(known) :])
        return len(_head(request)) + (ABOUT_TOOLS if request.tools else 0) + _turns(request.messages)

    def learn(self, request: ModelRequest, reply: ModelReply, asked: int) -> None:
        """asked: what the vendor counted of `request`; nothing, where it did not say."""
        if asked:
            self._head = _head(request)
            self._counted = (*request.messages, reply.message)
            self._tokens = asked + reply.usage.output + A_TURN


class Estimate:
    """Of one conversation: tokens as its vendor counted them per byte so far. No bound, but near enough to say when a
    conversation grows long."""

    def __init__(self) -> None:
        self._per_byte = 1 / 3

    def of(self, request: ModelRequest) -> int:
        return int((len(_head(request)) + _turns(request.messages)) * self._per_byte)

    def of_turns(self, messages: tuple[Message, ...]) -> int:
        return int(_turns(messages) * self._per_byte)

    def learn(self, request: ModelRequest, asked: int) -> None:
        """asked: what the vendor counted of `request`; nothing, where it did not say."""
        if asked:
            self._per_byte = asked / (len(_head(request)) + _turns(request.messages))


def _head(request: ModelRequest) -> str:
    return request.model + _ascii(request.system) + "".join(map(_ascii, request.tools))


def _turns(messages: tuple[Message, ...]) -> int:
    return sum(len(_ascii(message)) + A_TURN for message in messages)


def _ascii(part: Document | str) -> str:
    return json.dumps(part if isinstance(part, str) else part.dump())
