"""Any server that speaks OpenAI's chat completions behind `LanguageModel`: vLLM, Ollama, llama.cpp, OpenAI itself, …

``POST {base}/chat/completions``, https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
import time
from typing import Any

import requests

from ferry.adapters.http_retry import Patience, send
from ferry.agentkit.messages import Message, ModelReply, ModelRequest, StopReason, ToolCall
from ferry.domain.errors import FerryError, ModelRefused, ModelUnavailable, VendorRefused
from ferry.domain.ledger import Usage

Json = dict[str, Any]

TIMEOUT_SECONDS = (10, 900)
_STOPS = {
    "stop": StopReason.END,
    "tool_calls": StopReason.TOOLS,
    "length": StopReason.MAX_TOKENS,
    "content_filter": StopReason.REFUSED,
}
_REMEDIES = {
    401: "put a valid key into the secret that MODEL_KEY_ID names",
    403: "the key may not use this model",
    404: "check MODEL=openai:<base url>#<model>: base url usually ends in /v1, and the server must know the model",
}


class OpenAICompatibleModel:
    """base_url: e.g. ``http://127.0.0.1:8000/v1``; key: empty where the server asks for none."""

    def __init__(
        self,
        base_url: str,
        key: str = "",
        *,
        session: requests.Session | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._base = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._session = session or requests.Session()
        self._patience = patience or Patience()
        # OpenAI's own newer models refuse `max_tokens`; most other servers know nothing else.
        self._limit = "max_completion_tokens" if "api.openai.com" in self._base else "max_tokens"

    def reply(self, request: ModelRequest) -> ModelReply:
        """ModelUnavailable, ModelRefused, VendorRefused."""
        started = time.monotonic()
        body = self._post(request)
        try:
            choice, usage = body["choices"][0], _usage(body.get("usage") or {})
            message, stop = _message(choice["message"]), _stop(choice)
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise VendorRefused(f"{self._base} does not answer as chat completions do; {_REMEDIES[404]}") from error
        return ModelReply(
            message=message, stop=stop, usage=usage, milliseconds=int((time.monotonic() - started) * 1000)
        )

    def _post(self, request: ModelRequest) -> Json:
        url, wire = f"{self._base}/chat/completions", _request(request, self._limit)
        try:
            answer = send(
                lambda: self._session.post(url, json=wire, headers=self._headers, timeout=TIMEOUT_SECONDS),
                self._patience,
            )
        except requests.RequestException as error:
            raise ModelUnavailable(f"{request.model}: no answer from {self._base} ({type(error).__name__})") from error
        body = _json(answer)
        if not answer.ok:
            raise _error(request.model, answer.status_code, body)
        return body


def _request(request: ModelRequest, limit: str) -> Json:
    messages: list[Json] = [{"role": "system", "content": request.system}]
    for message in request.messages:
        messages += _turn(message)
    wire: Json = {"model": request.model, "messages": messages, limit: request.max_tokens}
    if request.tools:
        wire["tools"] = [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": dict(tool.schema_)},
            }
            for tool in request.tools
        ]
    return wire


def _turn(message: Message) -> list[Json]:
    """One message, or one per tool result; what is `opaque` belongs to another vendor and stays behind."""
    if message.results:
        return [{"role": "tool", "tool_call_id": result.id, "content": result.text} for result in message.results]
    turn: Json = {"role": message.role, "content": message.text}
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


def _message(said: Json) -> Message:
    calls = tuple(_call(call, index) for index, call in enumerate(said.get("tool_calls") or []))
    return Message(role="assistant", text=said.get("content") or said.get("refusal") or "", calls=calls)


def _call(call: Json, index: int) -> ToolCall:
    function = call["function"]
    return ToolCall(id=call.get("id") or f"call-{index}", name=function["name"], input=_arguments(function))


def _arguments(function: Json) -> Json | None:
    """None when they are not a JSON object: the loop then asks again."""
    try:
        given = json.loads(function.get("arguments") or "{}")
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


def _stop(choice: Json) -> StopReason:
    if choice["message"].get("refusal"):
        return StopReason.REFUSED
    stop = _STOPS.get(choice.get("finish_reason") or "stop", StopReason.MALFORMED)
    # Some servers say "stop" beside tool calls.
    return StopReason.TOOLS if stop is StopReason.END and choice["message"].get("tool_calls") else stop


def _usage(usage: Json) -> Usage:
    """`prompt_tokens` counts cached ones too."""
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    asked, said = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    return Usage(input=max(0, asked - cached), output=said, cache_read=cached)


def _json(answer: requests.Response) -> Json:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _error(model: str, status: int, body: Json) -> FerryError:
    detail = body.get("error")
    fault: Json = detail if isinstance(detail, dict) else {"message": detail or body.get("message", "")}
    name, said = str(fault.get("code") or ""), str(fault.get("message") or "")[:500]
    if name == "insufficient_quota":
        return VendorRefused(f"{model}: {said}; the account has no credit left", status)
    if status == 429 or status >= 500:
        return ModelUnavailable(f"{model}: {status}: {said}")
    if name in ("content_filter", "content_policy_violation"):
        return ModelRefused(f"{model}: {said}")
    remedy = _REMEDIES.get(status, "the request does not suit this server or model")
    if name == "context_length_exceeded" or "context length" in said.lower():
        remedy = "the conversation is longer than the model's context; give the step a smaller task or another model"
    return VendorRefused(f"{model}: {status} {name}: {said}; {remedy}", status)
