"""A strict chat completions server over a screenplay; it refuses what OpenAI's own reference forbids.

The scene is named in the system message (``scene: <item>``), as chat completions carry no metadata.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, Response, jsonify, request

from ferry.adapters.scripted_model import Line, Screenplay, call_id, tokens
from ferry.agentkit.messages import StopReason

Json = dict[str, Any]
FINISH = {
    StopReason.END: "stop",
    StopReason.TOOLS: "tool_calls",
    StopReason.MAX_TOKENS: "length",
    StopReason.REFUSED: "content_filter",
}


class OpenAIServer:
    """Append to `faults` (status, error object) to break the next calls; `raw` replaces the next message."""

    def __init__(self, screenplay: Screenplay, *, models: tuple[str, ...], key: str, context_tokens: int) -> None:
        self._screenplay, self._models, self._key, self._context = screenplay, models, key, context_tokens
        self.faults: list[tuple[int, Json]] = []
        self.raw: Json = {}
        self.app = Flask("openai")
        self.app.add_url_rule("/v1/chat/completions", "chat", self._chat, methods=["POST"])

    def _chat(self) -> Response:
        body = request.get_json()
        if self.faults:
            return _refusal(*self.faults.pop(0))
        if request.headers.get("Authorization") != f"Bearer {self._key}":
            return _refusal(401, {"message": "Incorrect API key provided", "code": "invalid_api_key"})
        if body["model"] not in self._models:
            return _refusal(404, {"message": f"The model {body['model']} does not exist", "code": "model_not_found"})
        if fault := _fault(body):
            return _refusal(400, {"message": fault, "code": "invalid_request"})
        asked = tokens(json.dumps(body["messages"]))
        if asked > self._context:
            return _refusal(400, {"message": "maximum context length", "code": "context_length_exceeded"})
        return self._answer(body, asked)

    def _answer(self, body: Json, asked: int) -> Response:
        turn = sum(message["role"] == "assistant" for message in body["messages"])
        scene = body["messages"][0]["content"].removeprefix("scene: ")
        line = self._screenplay.line({"agent": "suite", "item": scene}, turn)
        message = self.raw or _message(line, turn)
        self.raw = {}
        said = tokens(json.dumps(message))
        usage = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
        choice = {"index": 0, "message": message, "finish_reason": FINISH[line.reason()]}
        return jsonify({"object": "chat.completion", "model": body["model"], "choices": [choice], "usage": usage})


def _message(line: Line, turn: int) -> Json:
    calls = [
        {
            "id": call_id(turn, index),
            "type": "function",
            "function": {"name": call.tool, "arguments": json.dumps(call.input)},
        }
        for index, call in enumerate(line.calls)
    ]
    return {"role": "assistant", "content": line.text or None} | ({"tool_calls": calls} if calls else {})


def _fault(body: Json) -> str | None:
    """What OpenAI would answer 400 to, or None."""
    if unknown := set(body) - {"model", "messages", "tools", "max_tokens"}:
        return f"Unrecognized request arguments: {', '.join(sorted(unknown))}"
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
            if call["function"]["name"] not in names or not isinstance(call["function"]["arguments"], str):
                return "invalid tool call"
            open_calls.add(call["id"])
    return None if not open_calls else "the conversation ends with unanswered tool calls"


def _refusal(status: int, error: Json) -> Response:
    answer = jsonify({"error": error})
    answer.status_code = status
    return answer
