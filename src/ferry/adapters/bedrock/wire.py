"""Ferry's words to Converse's and back."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from ferry.adapters.bedrock import turn
from ferry.adapters.bedrock.cache import with_cache_points
from ferry.agentkit.messages import Message, ModelRequest, StopReason, ToolResult
from ferry.domain.capabilities import Capabilities
from ferry.domain.ledger import Usage

Block = dict[str, Any]

STOPS = {
    "end_turn": StopReason.END,
    "stop_sequence": StopReason.END,
    "tool_use": StopReason.TOOLS,
    "max_tokens": StopReason.MAX_TOKENS,
    "model_context_window_exceeded": StopReason.CONTEXT,
    "guardrail_intervened": StopReason.REFUSED,
    "content_filtered": StopReason.REFUSED,
    "malformed_model_output": StopReason.MALFORMED,
    "malformed_tool_use": StopReason.MALFORMED,
}
_METADATA_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9\s:_@$#=/+,-.]")
# Bedrock takes more, but Anthropic behind it takes these alone.
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def request(request: ModelRequest, capable: Capabilities) -> Block:
    """The arguments of `converse`."""
    wire: Block = {
        "modelId": request.model,
        "system": [{"text": request.system}],
        "messages": [_turn(message, capable) for message in request.messages],
        "inferenceConfig": {"maxTokens": min(request.max_tokens, capable.max_output)},
    }
    if request.tools:
        wire["toolConfig"] = {"tools": _tools(request)}
    if request.metadata:
        wire["requestMetadata"] = _metadata(request)
    return with_cache_points(wire, capable, request)


def _tools(request: ModelRequest) -> list[Block]:
    return [
        {
            "toolSpec": {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": {"json": dict(tool.schema_)},
            }
        }
        for tool in request.tools
    ]


def _metadata(request: ModelRequest) -> dict[str, str]:
    """Bedrock takes 16 pairs of at most 256 characters out of a small alphabet; what does not fit becomes ``_``."""
    pairs = [(name, value) for name, value in request.metadata.items() if name][:16]
    return {_allowed(name): _allowed(value) for name, value in pairs}


def _allowed(text: str) -> str:
    return _METADATA_NOT_ALLOWED.sub("_", text)[:256]


def tool_id(id: str) -> str:
    """`id`, or one made of it where another vendor's does not fit; the same for a call and its result."""
    return id if _ID.fullmatch(id) else f"call-{hashlib.sha256(id.encode()).hexdigest()[:32]}"


def _turn(message: Message, capable: Capabilities) -> Block:
    """A user's turn begins with its results: Anthropic refuses text before them."""
    if message.role == "user":
        results = [_result(result) for result in message.results]
        return {"role": "user", "content": [*_text(message.shared), *results, *_text(message.text)]}
    if message.moved and capable.thoughts_bound:
        message = message.model_copy(update={"opaque": ()})
    calls = {
        call.id: {"toolUse": {"toolUseId": tool_id(call.id), "name": call.name, "input": dict(call.input or {})}}
        for call in message.calls
    }
    return {"role": "assistant", "content": turn.placed(message, calls)}


def _text(text: str) -> list[Block]:
    return [{"text": text}] if text.strip() else []


def _result(result: ToolResult) -> Block:
    return {
        "toolResult": {
            "toolUseId": tool_id(result.id),
            "content": [{"text": result.text if result.text.strip() else "(empty)"}],
            "status": "error" if result.failed else "success",
        }
    }


def stop(reason: str) -> StopReason:
    return STOPS.get(reason, StopReason.MALFORMED)


def usage(counted: Block, capable: Capabilities) -> Usage:
    """Converse does not say how much of the output was thought."""
    read, written = counted.get("cacheReadInputTokens", 0), counted.get("cacheWriteInputTokens", 0)
    details = counted.get("cacheDetails") or []
    hour = sum(detail.get("inputTokens", 0) for detail in details if detail.get("ttl") == "1h")
    inside = read + written if capable.input_includes_cache else 0
    return Usage(
        input=max(0, counted["inputTokens"] - inside),
        output=counted["outputTokens"],
        cache_read=read,
        cache_write=max(0, written - hour),
        cache_write_1h=min(hour, written),
    )
