"""Converse and ConverseStream: requests are checked, replies come from the screenplay and are checked too."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ferry.adapters.scripted_model import tokens
from ferry.agentkit.call_ids import call_id
from ferry.agentkit.messages import StopReason
from local.standins.bedrock import rules, shapes, stream
from local.standins.bedrock.cache import Counted, PromptCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ferry.adapters.scripted_model import Line, Screenplay

    Json = dict[str, Any]

_STOPS = {
    StopReason.END: "end_turn",
    StopReason.TOOLS: "tool_use",
    StopReason.MAX_TOKENS: "max_tokens",
    StopReason.REFUSED: "content_filtered",
    StopReason.CONTEXT: "model_context_window_exceeded",
    StopReason.MALFORMED: "malformed_tool_use",
}
_REGION = re.compile(r"^(global|us|us-gov|eu|apac|au|jp|ca)\.")


class BedrockError(Exception):
    """`code` is the name of an error of the service's model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Converse:
    """`calls` sums what was asked and answered, per agent, to compare with a ledger; clock: the cache's, in seconds."""

    def __init__(
        self,
        screenplay: Screenplay,
        *,
        models: tuple[str, ...],
        context_tokens: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screenplay, self._models, self._context_tokens = screenplay, models, context_tokens
        self._lock = threading.Lock()
        self._faults: list[tuple[str, str]] = []
        self._stream_faults: list[tuple[str, int, str]] = []
        self._cache = PromptCache(clock)
        self._sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._unread: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._errors: Counter[str] = Counter()

    def add_faults(self, error: str, times: int, agent: str = "") -> None:
        with self._lock:
            self._faults += [(error, agent)] * times

    def add_stream_faults(self, error: str, after: int, times: int, agent: str = "") -> None:
        """error: of `shapes.stream_errors`, ``break`` (ends early) or ``cut`` (no more connection); after: events."""
        with self._lock:
            self._stream_faults += [(error, after, agent)] * times

    def stream(self, model: str, request: Json) -> Iterator[bytes]:
        """ConverseStream's events. BedrockError before the first; what breaks was counted like what does not."""
        reply = self.reply(model, request, "ConverseStream")
        agent = (request.get("requestMetadata") or {}).get("agent", "")
        with self._lock:
            fault = next((f for f in self._stream_faults if f[2] in ("", agent)), None)
            if fault is not None:
                self._stream_faults.remove(fault)
                self._errors[fault[0]] += 1
                self._unread[agent].update(calls=1, **_numbers(reply["usage"]))
        return _sent(reply, fault)

    def calls(self) -> Json:
        with self._lock:
            agents = {agent: dict(sums) for agent, sums in self._sums.items()}
            return {
                "calls": sum(sums["calls"] for sums in agents.values()),
                "agents": agents,
                "unread": {agent: dict(sums) for agent, sums in self._unread.items()},
                "errors": dict(self._errors),
            }

    def reply(self, model: str, request: Json, operation: str = "Converse") -> Json:
        """Converse's reply. BedrockError."""
        try:
            return self._reply(model, request, operation)
        except BedrockError as error:
            with self._lock:
                self._errors[error.code] += 1
            raise

    def _reply(self, model: str, request: Json, operation: str) -> Json:
        started = time.monotonic()
        check(operation, request)
        metadata: dict[str, str] = request.get("requestMetadata") or {}
        agent = metadata.get("agent", "")
        self._break_on_purpose(agent)
        self._find_model(model)
        for fault in rules.faults(model, request):
            raise BedrockError("ValidationException", fault)
        asked = tokens(json.dumps([request.get(name) for name in ("system", "messages", "toolConfig")]))
        if asked + request["inferenceConfig"]["maxTokens"] > self._context_tokens:
            raise BedrockError("ValidationException", "Input is too long for requested model.")
        turn = rules.turn(request["messages"])
        line = self._screenplay.line(metadata, turn)
        content = _content(line, turn, model, request)
        usage = _usage(tokens(json.dumps(content)), self._cache.count(model, request))
        self._count(agent, usage)
        reply = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _STOPS[line.reason()],
            "usage": usage,
            "metrics": {"latencyMs": int((time.monotonic() - started) * 1000)},
        }
        return checked_reply("Converse", reply)

    def _break_on_purpose(self, agent: str) -> None:
        with self._lock:
            fault = next((f for f in self._faults if f[1] in ("", agent)), None)
            if fault is None:
                return
            self._faults.remove(fault)
        raise BedrockError(fault[0], f"{fault[0]}, on purpose")

    def _find_model(self, model: str) -> None:
        name = _REGION.sub("", model.rpartition("/")[2])
        if not name.startswith(self._models):
            raise BedrockError(
                "ResourceNotFoundException", "Could not resolve the foundation model from the identifier"
            )

    def _count(self, agent: str, usage: Json) -> None:
        with self._lock:
            self._sums[agent].update(calls=1, **_numbers(usage))


def _numbers(usage: Json) -> dict[str, int]:
    return {name: count for name, count in usage.items() if isinstance(count, int)}


def check(operation: str, request: Json) -> None:
    """BedrockError (ValidationException) with every fault that the service's model knows."""
    if found := shapes.request_faults(operation, request):
        raise BedrockError("ValidationException", f"{len(found)} validation errors detected: {'; '.join(found)}")


def checked_reply(operation: str, reply: Json) -> Json:
    """A reply that the service's model forbids is this stand-in's own fault, so it ends the call loudly."""
    if found := shapes.reply_faults(operation, reply):
        raise BedrockError("InternalServerException", f"the stand-in's reply breaks the model: {'; '.join(found)}")
    return reply


def _content(line: Line, turn: int, model: str, request: Json) -> list[Json]:
    thinking = rules.thinks(model)
    content = [rules.reasoning(f"Step {turn + 1}.", model, request)] if thinking else []
    if line.text:
        content.append({"text": line.text})
    for index, call in enumerate(line.calls):
        id = call_id(turn, index)
        use = {"toolUseId": rules.thought_id(id) if thinking else id, "name": call.tool, "input": dict(call.input)}
        content.append({"toolUse": use})
    return content


def _usage(said: int, counted: Counted) -> Json:
    """As Claude counts: what the cache gave or took is not in `inputTokens`."""
    return {
        "inputTokens": counted.neither,
        "outputTokens": said,
        "totalTokens": counted.asked + said,
        "cacheReadInputTokens": counted.read,
        "cacheWriteInputTokens": counted.wrote,
        "cacheDetails": [{"ttl": ttl, "inputTokens": count} for ttl, count in counted.written],
    }


def _sent(reply: Json, fault: tuple[str, int, str] | None) -> Iterator[bytes]:
    for number, (name, body) in enumerate(stream.events(reply)):
        if fault and number == fault[1]:
            if fault[0] == "cut":
                raise OSError("the connection is cut on purpose")
            if fault[0] != "break":
                yield stream.exception(fault[0], f"{fault[0]}, on purpose")
            return
        yield stream.frame(name, body)
