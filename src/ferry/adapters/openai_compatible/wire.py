"""Ferry's words to chat completions' and back."""

from __future__ import annotations

import json
from typing import Any

from ferry.agentkit.messages import Message, ModelRequest, StopReason, ToolCall
from ferry.domain.capabilities import Capabilities
from ferry.domain.ledger import Usage

Json = dict[str, Any]

STOPS = {
    "stop": StopReason.END,
    "tool_calls": StopReason.TOOLS,
    "function_call": StopReason.TOOLS,
    "length": StopReason.MAX_TOKENS,
    "content_filter": StopReason.REFUSED,
}
# vLLM renamed its field; Ollama, LiteLLM and OpenRouter use the one or the other.
REASONING = ("reasoning_content", "reasoning")
CHARACTERS_PER_TOKEN = 3


def request(request: ModelRequest, capable: Capabilities, *, stream: bool = False) -> Json:
    messages: list[Json] = [{"role": "system", "content": request.system}]
    for message in request.messages:
        messages += _turn(message, capable)
    wire: Json = {
        "model": request.model,
        "messages": messages,
        capable.limit: min(request.max_tokens, capable.max_output),
    }
    if request.tools:
        wire["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.schema_)},
            }
            for tool in request.tools
        ]
    if stream:
        wire |= {"stream": True, "stream_options": {"include_usage": True}}
    return wire


def _turn(message: Message, capable: Capabilities) -> list[Json]:
    """One message, or one per tool result and one for what is said beside them."""
    if message.results:
        results = [{"role": "tool", "tool_call_id": result.id, "content": result.text} for result in message.results]
        return [*results, *([{"role": "user", "content": message.text}] if message.text.strip() else [])]
    said = "\n\n".join(text for text in (message.shared, message.text) if text)
    turn: Json = {"role": message.role, "content": said}
    thought = "".join(str(block["reasoning"]) for block in message.opaque if set(block) == {"reasoning"})
    if capable.reasoning_back and thought:
        turn[capable.reasoning_back] = thought
    if message.calls:
        turn["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.input or {}))},
            }
            for call in message.calls
        ]
    return [turn]


def message(said: Json, turn: int) -> Message:
    """turn: the number of this one, so that a call without an id gets one that no other has."""
    calls = tuple(_call(call, f"call-{turn}-{index}") for index, call in enumerate(said.get("tool_calls") or []))
    thought = next((said[name] for name in REASONING if said.get(name)), "")
    return Message(
        role="assistant",
        text=said.get("content") or said.get("refusal") or "",
        calls=calls,
        opaque=({"reasoning": thought},) if isinstance(thought, str) and thought else (),
    )


def _call(call: Json, id: str) -> ToolCall:
    function = call["function"]
    return ToolCall(id=call.get("id") or id, name=function["name"], input=_arguments(function))


def _arguments(function: Json) -> Json | None:
    """None when they are not a JSON object: the loop then asks again."""
    given = function.get("arguments") or "{}"
    try:
        # Some servers send the object itself.
        parsed = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def stop(choice: Json) -> StopReason:
    if choice["message"].get("refusal"):
        return StopReason.REFUSED
    found = STOPS.get(choice.get("finish_reason") or "stop", StopReason.MALFORMED)
    # Some servers say "stop" beside tool calls.
    return StopReason.TOOLS if found is StopReason.END and choice["message"].get("tool_calls") else found


def usage(usage: Json, capable: Capabilities, asked: Json, said: Message) -> Usage:
    """As the server counted; estimated high where it did not, for a call is never free by accident.

    LiteLLM passes on Anthropic's counts of what was written to the cache.
    """
    if not usage.get("prompt_tokens") and not usage.get("completion_tokens"):
        return Usage(input=_estimated(asked), output=_estimated(said.model_dump(include={"text", "calls", "opaque"})))
    details = usage.get("prompt_tokens_details") or {}
    read = details.get("cached_tokens") or usage.get("prompt_cache_hit_tokens") or 0
    written = details.get("cache_creation_tokens") or usage.get("cache_creation_input_tokens") or 0
    inside = read + written if capable.input_includes_cache is not False else 0
    thought = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    return Usage(
        input=max(0, (usage.get("prompt_tokens") or 0) - inside),
        output=usage.get("completion_tokens") or 0,
        cache_read=read,
        cache_write=written,
        reasoning=thought,
    )


def _estimated(body: Json) -> int:
    return -(-len(json.dumps(body, ensure_ascii=False)) // CHARACTERS_PER_TOKEN)
