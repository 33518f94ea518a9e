"""What is said to a model and what it answers, in no vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from ferry.domain.capabilities import Ttl
from ferry.domain.document import Document
from ferry.domain.ledger import Usage


class ToolSpec(Document):
    """schema_: JSON Schema (draft 2020-12) of the input object."""

    name: str
    description: str
    schema_: Mapping[str, Any]


class ToolCall(Document):
    """input: the parsed arguments; None when the model's arguments were not a JSON object."""

    id: str
    name: str
    input: Mapping[str, Any] | None


class Note(Document):
    """What a tool says that outlives its turn: it stays word for word when a conversation is shortened.

    run: how tests or a command ended; change: what was done to a file; refusal: what a gate did not let through. about:
    of what it is; the newest of a kind about the same thing counts. text: short, and as untrusted as the result.
    """

    kind: Literal["run", "change", "refusal"]
    about: str
    text: str


class ToolResult(Document):
    """What a tool call gave, as text for the model; notes: what of it lasts, never sent and never stored with it."""

    id: str
    text: str
    failed: bool = False
    notes: tuple[Note, ...] = Field((), exclude=True)


class Message(Document):
    """One turn. A user turn has results, text, or both, in this order; an assistant turn has text, calls, or both.

    shared: of a first turn, what other conversations begin with too, so that a cache may end behind it; opaque: vendor
    blocks (reasoning) of an assistant turn that must go back unchanged, and to `model` alone; model: who said it, as
    configuration names it; "" where only one model ever speaks; moved: something before it was left out since.
    """

    role: Literal["user", "assistant"]
    shared: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()
    opaque: tuple[Mapping[str, Any], ...] = ()
    model: str = ""
    moved: bool = False


class StopReason(StrEnum):
    """max_tokens: the request's limit cut the turn; context: the model's context is full."""

    END = "end"
    TOOLS = "tools"
    MAX_TOKENS = "max_tokens"
    CONTEXT = "context"
    REFUSED = "refused"
    MALFORMED = "malformed"


class ModelRequest(Document):
    """metadata: flat labels for cost attribution and the scripted model: agent, task, repo, item, attempt, …; goes_on:
    whether another turn may follow, so that writing a cache is worth its price; ttl: how long that cache is kept."""

    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int = 4096
    metadata: Mapping[str, str] = {}
    goes_on: bool = True
    ttl: Ttl = "5m"


class ModelReply(Document):
    """milliseconds: wall time of the call; said: the vendor's own word for why it stopped; model: who answered, as the
    price table calls it, "" for the model that was asked."""

    message: Message
    stop: StopReason
    usage: Usage
    milliseconds: int
    said: str = ""
    model: str = ""
