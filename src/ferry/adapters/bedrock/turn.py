"""An assistant's turn, kept so that it can go back as it came.

A thought is bound to what stood before it (platform.claude.com/docs/en/build-with-claude/preserved-thinking), so where
thoughts stand between texts and calls, their places are kept beside them. Blank texts are left out: Bedrock takes none.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ferry.agentkit.messages import Message, ToolCall

Block = dict[str, Any]

_REDACTED = "redactedReasoningBase64"
_KINDS = ("reasoningContent", "text", "toolUse")


def read(content: Sequence[Block]) -> Message:
    content = [block for block in content if _kind(block) and ("text" not in block or block["text"].strip())]
    thoughts = [block for block in content if "reasoningContent" in block]
    ordered = sorted(content, key=lambda block: _KINDS.index(_kind(block)))
    kept = thoughts if ordered == content or not thoughts else content
    return Message(
        role="assistant",
        text="\n".join(block["text"] for block in content if "text" in block),
        calls=tuple(_call(block["toolUse"]) for block in content if "toolUse" in block),
        opaque=tuple(_kept(block) for block in kept),
    )


def _kind(block: Block) -> str:
    return next((kind for kind in _KINDS if kind in block), "")


def _call(use: Block) -> ToolCall:
    given = use["input"]
    return ToolCall(id=use["toolUseId"], name=use["name"], input=given if isinstance(given, dict) else None)


def _kept(block: Block) -> Block:
    """As JSON can hold it: redacted reasoning is bytes. Of a call its place alone."""
    if "toolUse" in block:
        return {"toolUse": block["toolUse"]["toolUseId"]}
    redacted = block.get("reasoningContent", {}).get("redactedContent")
    return {_REDACTED: base64.b64encode(redacted).decode()} if redacted is not None else dict(block)


def placed(message: Message, calls: Mapping[str, Block]) -> list[Block]:
    """Thoughts, text and calls, each in its place; thoughts first where none is known, or the turn was changed since.

    calls: the blocks of the message's calls, by id and in their order.
    """
    if _as_it_came(message):
        return [calls[block["toolUse"]] if "toolUse" in block else _restored(block) for block in message.opaque]
    text = [{"text": message.text}] if message.text.strip() else []
    return [*_thoughts(message), *text, *calls.values()]


def _as_it_came(message: Message) -> bool:
    texts = [block["text"] for block in message.opaque if "text" in block]
    ids = [block["toolUse"] for block in message.opaque if "toolUse" in block]
    return bool(texts or ids) and "\n".join(texts) == message.text and ids == [call.id for call in message.calls]


def _thoughts(message: Message) -> Iterator[Block]:
    return (_restored(block) for block in message.opaque if "reasoningContent" in block or _REDACTED in block)


def _restored(block: Mapping[str, Any]) -> Block:
    if _REDACTED in block:
        return {"reasoningContent": {"redactedContent": base64.b64decode(block[_REDACTED])}}
    return dict(block)
