"""What is said to a model and what it answers, in no vendor's words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal

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


class ToolResult(Document):
    """What a tool call gave, as text for the model."""

    id: str
    text: str
    failed: bool = False


class Message(Document):
    """One turn. A user turn has text or results; an assistant turn has text, calls, or both.

    opaque: vendor blocks (reasoning) of an assistant turn that must go back unchanged, and to `model` alone;
    model: who said it, as configuration names it; "" where only one model ever speaks.
    """

    role: Literal["user", "assistant"]
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    results: tuple[ToolResult, ...] = ()
    opaque: tuple[Mapping[str, Any], ...] = ()
    model: str = ""


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
    whether another turn may follow, so that writing a cache is worth its price."""

    model: str
    system: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    max_tokens: int = 4096
    metadata: Mapping[str, str] = {}
    goes_on: bool = True


class ModelReply(Document):
    """milliseconds: wall time of the call; said: the vendor's own word for why it stopped; model: who answered, as the
    price table calls it, "" for the model that was asked."""

    message: Message
    stop: StopReason
    usage: Usage
    milliseconds: int
    said: str = ""
    model: str = ""
