"""Converse and ApplyGuardrail: requests are checked, replies come from the screenplay and are checked too."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from ferry.adapters.scripted_model import call_id, tokens
from ferry.agentkit.messages import StopReason
from local.standins.bedrock import rules, shapes

if TYPE_CHECKING:
    from ferry.adapters.scripted_model import Line, Screenplay

    Json = dict[str, Any]

_STOPS = {
    StopReason.END: "end_turn",
    StopReason.TOOLS: "tool_use",
    StopReason.MAX_TOKENS: "max_tokens",
    StopReason.REFUSED: "content_filtered",
    StopReason.MALFORMED: "malformed_tool_use",
}
_REGION = re.compile(r"^(global|us|us-gov|eu|apac|au|jp|ca)\.")
_INJECTION = re.compile(r"ignore (all |any )?(the |your )?(previous|prior) instructions", re.I)
_FREE = dict.fromkeys(
    ("topicPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits", "sensitiveInformationPolicyFreeUnits",
     "contextualGroundingPolicyUnits"), 0)  # fmt: skip


class BedrockError(Exception):
    """`code` is the name of an error of the service's model."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Converse:
    """`calls` sums what was asked and answered, per agent, for comparison with a ledger."""

    def __init__(self, screenplay: Screenplay, *, models: tuple[str, ...], context_tokens: int) -> None:
        self._screenplay, self._models, self._context_tokens = screenplay, models, context_tokens
        self._lock = threading.Lock()
        self._faults: list[tuple[str, str]] = []
        self._sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._errors: Counter[str] = Counter()

    def add_faults(self, error: str, times: int, agent: str = "") -> None:
        with self._lock:
            self._faults += [(error, agent)] * times

    def calls(self) -> Json:
        with self._lock:
            agents = {agent: dict(sums) for agent, sums in self._sums.items()}
            return {
                "calls": sum(sums["calls"] for sums in agents.values()),
                "agents": agents,
                "errors": dict(self._errors),
            }

    def reply(self, model: str, request: Json) -> Json:
        """Converse's reply. BedrockError."""
        try:
            return self._reply(model, request)
        except BedrockError as error:
            with self._lock:
                self._errors[error.code] += 1
            raise

    def _reply(self, model: str, request: Json) -> Json:
        started = time.monotonic()
        check("Converse", request)
        metadata: dict[str, str] = request.get("requestMetadata") or {}
        agent = metadata.get("agent", "")
        self._break_on_purpose(agent)
        self._find_model(model)
        for fault in rules.faults(model, request):
            raise BedrockError("ValidationException", fault)
        asked = tokens(json.dumps([request.get(name) for name in ("system", "messages", "toolConfig")]))
        if asked + request["inferenceConfig"]["maxTokens"] > self._context_tokens:
            raise BedrockError("ValidationException", "Input is too long for requested model.")
        turn = sum(message["role"] == "assistant" for message in request["messages"])
        line = self._screenplay.line(metadata, turn)
        content = _content(line, turn, thinking=rules.thinks(model))
        said = tokens(json.dumps(content))
        self._count(agent, asked, said)
        usage = {"inputTokens": asked, "outputTokens": said, "totalTokens": asked + said}
        reply = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": _STOPS[line.reason()],
            "usage": usage | {"cacheReadInputTokens": 0, "cacheWriteInputTokens": 0},
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

    def _count(self, agent: str, asked: int, said: int) -> None:
        with self._lock:
            self._sums[agent].update(calls=1, inputTokens=asked, outputTokens=said)


def apply_guardrail(request: Json) -> Json:
    """Intervenes on the best-known prompt injection, so that both outcomes can be had; otherwise NONE."""
    check("ApplyGuardrail", request)
    texts = [block["text"]["text"] for block in request["content"] if "text" in block]
    caught = any(_INJECTION.search(text) for text in texts)
    reply: Json = {
        "usage": _FREE | {"contentPolicyUnits": len(texts)},
        "action": "GUARDRAIL_INTERVENED" if caught else "NONE",
        "outputs": [{"text": "Blocked by the guardrail."}] if caught else [],
        "assessments": [],
    }
    return checked_reply("ApplyGuardrail", reply)


def check(operation: str, request: Json) -> None:
    """BedrockError (ValidationException) with every fault that the service's model knows."""
    if found := shapes.request_faults(operation, request):
        raise BedrockError("ValidationException", f"{len(found)} validation errors detected: {'; '.join(found)}")


def checked_reply(operation: str, reply: Json) -> Json:
    """A reply that the service's model forbids is this stand-in's own fault, so it ends the call loudly."""
    if found := shapes.reply_faults(operation, reply):
        raise BedrockError("InternalServerException", f"the stand-in's reply breaks the model: {'; '.join(found)}")
    return reply


def _content(line: Line, turn: int, *, thinking: bool) -> list[Json]:
    content = [rules.reasoning(f"Step {turn + 1}.")] if thinking else []
    if line.text:
        content.append({"text": line.text})
    for index, call in enumerate(line.calls):
        use = {"toolUseId": call_id(turn, index), "name": call.tool, "input": dict(call.input)}
        content.append({"toolUse": use})
    return content
