"""Ferry's words to Converse's and back."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ferry.agentkit.messages import Message, ModelRequest, StopReason, ToolCall
from ferry.domain.ledger import Usage

Block = dict[str, Any]

_STOPS = {
    "end_turn": StopReason.END,
    "stop_sequence": StopReason.END,
    "tool_use": StopReason.TOOLS,
    "max_tokens": StopReason.MAX_TOKENS,
    "model_context_window_exceeded": StopReason.MAX_TOKENS,
    "guardrail_intervened": StopReason.REFUSED,
    "content_filtered": StopReason.REFUSED,
    "malformed_model_output": StopReason.MALFORMED,
    "malformed_tool_use": StopReason.MALFORMED,
}
_METADATA_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9\s:_@$#=/+,-.]")
_REDACTED = "redactedReasoningBase64"
_CACHE_POINT: Block = {"cachePoint": {"type": "default"}}


@dataclass(frozen=True)
class Capabilities:
    """What a model takes: cache points after the system prompt and the newest turn, and after the tools."""

    cache_messages: bool = False
    cache_tools: bool = False


def capabilities(model: str) -> Capabilities:
    """By family, as docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html lists them."""
    claude = "anthropic.claude" in model
    return Capabilities(cache_messages=claude or "amazon.nova" in model, cache_tools=claude)


def request(request: ModelRequest, capable: Capabilities) -> Block:
    """The arguments of `converse`."""
    messages = [_turn(message) for message in request.messages]
    system: list[Block] = [{"text": request.system}]
    if capable.cache_messages:
        system.append(_CACHE_POINT)
        messages[-1]["content"].append(_CACHE_POINT)
    wire: Block = {
        "modelId": request.model,
        "system": system,
        "messages": messages,
        "inferenceConfig": {"maxTokens": request.max_tokens},
    }
    if request.tools:
        wire["toolConfig"] = {"tools": _tools(request, capable)}
    if request.metadata:
        wire["requestMetadata"] = _metadata(request)
    return wire


def _tools(request: ModelRequest, capable: Capabilities) -> list[Block]:
    tools: list[Block] = [
        {
            "toolSpec": {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": {"json": dict(tool.schema_)},
            }
        }
        for tool in request.tools
    ]
    return [*tools, _CACHE_POINT] if capable.cache_tools else tools


def _metadata(request: ModelRequest) -> dict[str, str]:
    """Bedrock takes 16 pairs of at most 256 characters out of a small alphabet; what does not fit becomes ``_``."""
    pairs = list(request.metadata.items())[:16]
    return {name[:256]: _METADATA_NOT_ALLOWED.sub("_", value)[:256] for name, value in pairs}


def _turn(message: Message) -> Block:
    content: list[Block] = [_restored(block) for block in message.opaque]
    if message.text.strip():
        content.append({"text": message.text})
    content += [
        {"toolUse": {"toolUseId": call.id, "name": call.name, "input": dict(call.input or {})}}
        for call in message.calls
    ]
    content += [
        {
            "toolResult": {
                "toolUseId": result.id,
                "content": [{"text": result.text if result.text.strip() else "(empty)"}],
                "status": "error" if result.failed else "success",
            }
        }
        for result in message.results
    ]
    return {"role": message.role, "content": content}


def message(content: Sequence[Block]) -> Message:
    calls = tuple(_call(block["toolUse"]) for block in content if "toolUse" in block)
    return Message(
        role="assistant",
        text="\n".join(block["text"] for block in content if "text" in block),
        calls=calls,
        opaque=tuple(_kept(block) for block in content if "reasoningContent" in block),
    )


def _call(use: Block) -> ToolCall:
    given = use["input"]
    return ToolCall(id=use["toolUseId"], name=use["name"], input=given if isinstance(given, dict) else None)


def stop(reason: str) -> StopReason:
    return _STOPS.get(reason, StopReason.MALFORMED)


def _kept(block: Block) -> Block:
    """A reasoning block as JSON can hold it: redacted reasoning is bytes."""
    redacted = block["reasoningContent"].get("redactedContent")
    return {_REDACTED: base64.b64encode(redacted).decode()} if redacted is not None else block


def _restored(block: Mapping[str, Any]) -> Block:
    if _REDACTED in block:
        return {"reasoningContent": {"redactedContent": base64.b64decode(block[_REDACTED])}}
    return dict(block)


def usage(counted: Block) -> Usage:
    return Usage(
        input=counted["inputTokens"],
        output=counted["outputTokens"],
        cache_read=counted.get("cacheReadInputTokens", 0),
        cache_write=counted.get("cacheWriteInputTokens", 0),
    )
