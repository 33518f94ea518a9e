"""The rules of the conversation itself, which no service model states, as strict models enforce them.

Sources: Converse's guide (docs.aws.amazon.com/bedrock/latest/userguide/tool-use-inference-call.html) and Anthropic's
pages on tool use and extended thinking: roles alternate, every tool use is answered in the very next turn and
nothing else is, reasoning goes back unchanged, and with newer models only behind the very conversation that it came
behind (AWS's page on preserved thinking); always-thinking models take no sampling and no forced tool.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from ferry.agentkit.call_ids import turn_after
from ferry.agentkit.capabilities import load_capabilities
from local.standins.bedrock import cache

if TYPE_CHECKING:
    from collections.abc import Iterator

    Json = dict[str, Any]
    Faults = Iterator[str]

_THINKS = re.compile(r"claude-(opus|sonnet|haiku|fable)-5")
_KEY = b"signs this stand-in's reasoning; stateless, so that a resumed conversation still verifies"
_CACHE_POINTS = 4


def thought_id(id: str) -> str:
    """Id of a call that was thought about: it may not come back without the thought."""
    return f"thought-{id}"


def thinks(model: str) -> bool:
    return bool(_THINKS.search(model))


def reasoning(text: str, model: str, request: Json) -> Json:
    """What `model` thinks at the end of `request`, signed so that `faults` can tell whether it came back unchanged."""
    signature = _signature(text, _bond(model, request, len(request["messages"])))
    return {"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}


def _signature(text: str, bond: str) -> str:
    return hmac.new(_KEY, f"{bond}{text}".encode(), hashlib.sha256).hexdigest()


def _binds(model: str) -> bool:
    return load_capabilities().of(model).thoughts_bound


def _bond(model: str, request: Json, turn: int) -> str:
    """All that stands before message number `turn`, where the model binds its thoughts to it."""
    if not _binds(model):
        return ""
    tools, system = (request.get("toolConfig") or {}).get("tools", []), request.get("system") or []
    before = [message["content"] for message in request["messages"][:turn]]
    return json.dumps([[block for block in blocks if "cachePoint" not in block] for blocks in (tools, system, *before)])


def turn(messages: list[Json]) -> int:
    """The number of the model's next one."""
    said = [message for message in messages if message["role"] == "assistant"]
    return turn_after(len(said), [use["toolUseId"] for message in said for use in _blocks(message, "toolUse")])


def faults(model: str, request: Json) -> Faults:
    messages: list[Json] = request.get("messages") or []
    yield from _settings(model, request)
    yield from _turns(messages)
    yield from _tools(request, messages)
    yield from _answers(messages)
    for index, message in enumerate(messages):
        yield from _content(f"messages.{index}", message, must_reason=thinks(model) and not _binds(model))
        yield from _thoughts(f"messages.{index}", message, _bond(model, request, index))


def _settings(model: str, request: Json) -> Faults:
    inference = request.get("inferenceConfig") or {}
    if "maxTokens" not in inference:
        yield "inferenceConfig.maxTokens: set it; without it the quota of the model's maximum is reserved"
    if thinks(model) and {"temperature", "topP"} & set(inference):
        yield "inferenceConfig: temperature and topP are not supported by this model"
    if thinks(model) and {"any", "tool"} & set((request.get("toolConfig") or {}).get("toolChoice", {})):
        yield "toolConfig.toolChoice: thinking may not be enabled when tool_choice forces tool use"
    yield from cache.faults(request)
    if str(request).count("'cachePoint'") > _CACHE_POINTS:
        yield f"a maximum of {_CACHE_POINTS} cache points is allowed"


def _turns(messages: list[Json]) -> Faults:
    roles = [message["role"] for message in messages]
    if not roles or roles[0] != "user":
        yield "A conversation must start with a user message. Try again with a conversation that starts so."
    if roles and roles[-1] != "user":
        yield "The conversation must end with a user message; the model does not support assistant prefill."
    if any(first == second for first, second in zip(roles, roles[1:], strict=False)):
        yield "roles must alternate between 'user' and 'assistant'"


def _tools(request: Json, messages: list[Json]) -> Faults:
    tools = (request.get("toolConfig") or {}).get("tools", [])
    names = [tool["toolSpec"]["name"] for tool in tools if "toolSpec" in tool]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"toolConfig.tools: {twice} is already defined"
    uses = [use for message in messages for use in _blocks(message, "toolUse")]
    if uses and not names:
        yield "The toolConfig field must be defined when using toolUse and toolResult content blocks."
    # A model may invent a tool; it is fair to tell it so by a failed result, and wrong to pretend that it ran.
    told = {r["toolUseId"] for m in messages for r in _blocks(m, "toolResult") if r.get("status") == "error"}
    for name in sorted({use["name"] for use in uses if use["toolUseId"] not in told} - set(names)):
        yield f"toolUse: tool {name} is not in toolConfig"


def _answers(messages: list[Json]) -> Faults:
    for index, message in enumerate(messages):
        asked = {use["toolUseId"] for use in _blocks(messages[index - 1], "toolUse")} if index else set()
        given = [result["toolUseId"] for result in _blocks(message, "toolResult")]
        if message["role"] == "assistant":
            continue
        if missing := asked - set(given):
            yield f"messages.{index}: expected toolResult blocks for the following ids: {', '.join(sorted(missing))}"
        if extra := set(given) - asked:
            yield f"messages.{index}: toolResult without a toolUse in the turn before: {', '.join(sorted(extra))}"
        if "toolResult" in [next(iter(block)) for block in message["content"]][len(given) :]:
            yield f"messages.{index}: toolResult blocks must be at the beginning of the message, before any text"
        if len(given) != len(set(given)):
            yield f"messages.{index}: each toolUse must have a single result"


def _content(at: str, message: Json, *, must_reason: bool) -> Faults:
    content = message["content"]
    if not content:
        yield f"{at}.content: the content field is empty"
    for index, block in enumerate(content):
        if "text" in block and not block["text"].strip():
            yield f"The text field in the ContentBlock object at {at}.content.{index} is blank."
    # What another model said has no thoughts that this one could read; it is taken without.
    own = [use for use in _blocks(message, "toolUse") if use["toolUseId"].startswith(thought_id(""))]
    if must_reason and own and "reasoningContent" not in content[0]:
        yield f"{at}.content.0: an assistant message with tool use must start with its thinking block"


def _thoughts(at: str, message: Json, bond: str) -> Faults:
    reasons = [block.get("reasoningText") or {} for block in _blocks(message, "reasoningContent")]
    if any(reason.get("signature") != _signature(reason.get("text", ""), bond) for reason in reasons):
        yield (
            f"{at}: Invalid `signature` in `thinking` block. The block is bound to a different conversation. Remove it."
            if bond
            else f"{at}: thinking blocks in the assistant message cannot be modified; they must remain as they were"
        )


def _blocks(message: Json, kind: str) -> list[Json]:
    return [block[kind] for block in message["content"] if kind in block]
