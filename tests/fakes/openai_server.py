"""A strict chat completions server over a screenplay; it refuses what the vendor's documentation forbids.

Requests, replies and chunks are checked against tests/contract/chat_completions.schema.json. The scene is named in the
system message (``scene: <item>``), as chat completions carry no metadata. A `Flavour` is how one vendor differs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from jsonschema import Draft202012Validator

from ferry.adapters.scripted_model import Line, Screenplay, tokens
from ferry.agentkit.call_ids import call_id
from ferry.agentkit.messages import StopReason
from tests.fakes.openai_stream import sent

Json = dict[str, Any]
SCHEMA = json.loads((Path(__file__).parents[1] / "contract" / "chat_completions.schema.json").read_text())
FINISH = {
    StopReason.END: "stop",
    StopReason.TOOLS: "tool_calls",
    StopReason.MAX_TOKENS: "length",
    StopReason.REFUSED: "content_filter",
}
THOUGHT = "I should look first."


@dataclass(frozen=True)
class Flavour:
    """limit: the one field that bounds the answer; id: of a call, with ``{}`` for its number, "" for none; thinks: the
    field of its reasoning; wants_thoughts: refuses a conversation whose tool turns come back without it; says_stop:
    finishes tool calls with ``stop``; counts: tells its usage; cached: share of the prompt that its cache had."""

    limit: str = "max_tokens"
    id: str = "call_{}"
    thinks: str = ""
    wants_thoughts: bool = False
    says_stop: bool = False
    counts: bool = True
    cached: float = 0


OPENAI = Flavour(limit="max_completion_tokens", cached=0.5)
VLLM = Flavour(id="chatcmpl-tool:{}/of a turn", thinks="reasoning", cached=0.25)
OLLAMA = Flavour(id="", says_stop=True)
DEEPSEEK = Flavour(thinks="reasoning_content", wants_thoughts=True)
SILENT = Flavour(counts=False)


class OpenAIServer:
    """Append to `faults` (status, error object) to break the next calls; `raw` replaces the next message; `breaks`
    (end, cut, half, error) spoil the next streams."""

    def __init__(
        self, screenplay: Screenplay, *, models: tuple[str, ...], key: str, context_tokens: int,
        flavour: Flavour = Flavour(),
    ) -> None:  # fmt: skip
        self._screenplay, self._models, self._key, self._context = screenplay, models, key, context_tokens
        self._flavour = flavour
        self.faults: list[tuple[int, Json]] = []
        self.breaks: list[str] = []
        self.raw: Json = {}
        self.headers: dict[str, str] = {}
        self.asked: list[Json] = []
        self.app = Flask("openai")
        self.app.add_url_rule("/v1/chat/completions", "chat", self._chat, methods=["POST"])

    def _chat(self) -> Response:
        body = request.get_json()
        self.asked.append(body)
        if self.faults:
            return _refusal(*self.faults.pop(0), headers=self.headers)
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            return _refusal(401, {"message": "Incorrect API key provided", "code": "invalid_api_key"})
        if body["model"] not in self._models:
            return _refusal(404, {"message": f"The model {body['model']} does not exist", "code": "model_not_found"})
        if fault := self._fault(body):
            return _refusal(400, {"message": fault, "type": "invalid_request_error", "code": None})
        asked = tokens(json.dumps(body["messages"]))
        if asked > self._context:
            said = f"This model's maximum context length is {self._context} tokens. However, you requested {asked}."
            return _refusal(400, {"message": said, "type": "BadRequestError", "code": 400})
        return self._answer(body, asked)

    def _answer(self, body: Json, asked: int) -> Response:
        turn = sum(message["role"] == "assistant" for message in body["messages"])
        scene = body["messages"][0]["content"].removeprefix("scene: ")
        line = self._screenplay.line({"agent": "suite", "item": scene}, turn)
        message = self.raw or self._message(line, turn)
        self.raw = {}
        finish = "stop" if self._flavour.says_stop and line.calls else FINISH[line.reason()]
        reply = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        }
        if self._flavour.counts:
            reply["usage"] = self._usage(asked, tokens(json.dumps(message)))
        if self._flavour.id:
            checked("reply", reply)
        if body.get("stream"):
            spoiled = self.breaks.pop(0) if self.breaks else ""
            return Response(sent(reply, spoiled), mimetype="text/event-stream")
        return jsonify(reply)

    def _usage(self, asked: int, said: int) -> Json:
        usage: Json = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
        if self._flavour.cached:
            usage["prompt_tokens_details"] = {"cached_tokens": int(asked * self._flavour.cached)}
        if self._flavour.thinks:
            usage["completion_tokens_details"] = {"reasoning_tokens": tokens(THOUGHT)}
        return usage

    def _message(self, line: Line, turn: int) -> Json:
        calls = [
            {"type": "function", "function": {"name": call.tool, "arguments": json.dumps(call.input)}}
            | ({"id": self._flavour.id.format(call_id(turn, index))} if self._flavour.id else {})
            for index, call in enumerate(line.calls)
        ]
        thought = {self._flavour.thinks: THOUGHT} if self._flavour.thinks else {}
        return {"role": "assistant", "content": line.text or None, **thought} | ({"tool_calls": calls} if calls else {})

    def _fault(self, body: Json) -> str | None:
        """What the vendor would answer 400 to, or None."""
        for error in Draft202012Validator({**SCHEMA, "$ref": "#/$defs/request"}).iter_errors(body):
            return f"{'/'.join(map(str, error.path))}: {error.message[:200]}"
        other = {"max_tokens", "max_completion_tokens"} - {self._flavour.limit}
        if wrong := other & set(body):
            return f"Unsupported parameter: '{wrong.pop()}' is not supported with this model."
        thoughts = {"reasoning", "reasoning_content"} & {name for message in body["messages"] for name in message}
        if thoughts - ({self._flavour.thinks} if self._flavour.wants_thoughts else set()):
            return f"Unrecognized request argument: {thoughts.pop()}"
        if self._flavour.wants_thoughts and not all(map(_thought_about, body["messages"])):
            return "The reasoning_content in the thinking mode must be passed back to the API."
        return _unanswered(body)


def _thought_about(message: Json) -> bool:
    """Only its own calls have ids of its making."""
    own = any(call["id"].startswith("call_call-") for call in message.get("tool_calls", ()))
    return not own or message.get("reasoning_content") == THOUGHT


def checked(kind: str, body: Json) -> None:
    """What breaks the schema is this server's own fault."""
    Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{kind}"}).validate(body)


def _unanswered(body: Json) -> str | None:
    names = {tool["function"]["name"] for tool in body.get("tools", [])}
    open_calls: set[str] = set()
    for message in body["messages"]:
        if message["role"] == "tool":
            if message["tool_call_id"] not in open_calls:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            open_calls.discard(message["tool_call_id"])
        elif open_calls:
            return f"tool_call_ids did not have response messages: {', '.join(sorted(open_calls))}"
        for call in message.get("tool_calls", []):
            if call["function"]["name"] not in names or call["id"] in open_calls:
                return "invalid tool call"
            open_calls.add(call["id"])
    return None if not open_calls else "the conversation ends with unanswered tool calls"


def _refusal(status: int, error: Json, headers: dict[str, str] | None = None) -> Response:
    answer = jsonify({"error": error})
    answer.status_code = status
    answer.headers.update(headers or {})
    return answer
