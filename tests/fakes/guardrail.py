"""Bedrock's ApplyGuardrail over HTTP, as strict as botocore's model on the request and on its own answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, request

from local.server import serve
from local.standins.bedrock import shapes

LONGEST = 25_000
_UNITS = (
    "topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
    "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits",
)  # fmt: skip
ATTACK = {"type": "PROMPT_ATTACK", "confidence": "HIGH", "action": "BLOCKED"}


@dataclass
class FakeGuardrail:
    """Intervenes on PWN. errors: taken one by one before that; seen: source and text of each call."""

    url: str = ""
    errors: list[tuple[str, int]] = field(default_factory=list)
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def apply(self, guardrail: str, version: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, str]:
        if self.errors:
            name, status = self.errors.pop(0)
            return {"message": "no"}, status, name
        faults = shapes.request_faults("ApplyGuardrail", body)
        text = "".join(block["text"]["text"] for block in body.get("content", ()))
        if faults or guardrail != "gr1" or len(text) > LONGEST:
            return {"message": "; ".join(faults) or "no such guardrail, or too long"}, 400, "ValidationException"
        self.seen.append((body["source"], version, text))
        caught = "PWN" in text
        reply = {
            "usage": dict.fromkeys(_UNITS, 0),
            "action": "GUARDRAIL_INTERVENED" if caught else "NONE",
            "outputs": [{"text": "Blocked."}] if caught else [],
            "assessments": [{"contentPolicy": {"filters": [ATTACK]}}] if caught else [],
        }
        assert shapes.reply_faults("ApplyGuardrail", reply) == []
        return reply, 200, ""


@contextmanager
def guardrail_server() -> Iterator[FakeGuardrail]:
    app, fake = Flask("guardrail"), FakeGuardrail()

    @app.post("/guardrail/<path:guardrail>/version/<version>/apply")
    def apply(guardrail: str, version: str) -> Response:
        reply, status, error = fake.apply(guardrail, version, request.get_json(force=True))
        answer = jsonify(reply)
        answer.status_code = status
        answer.headers.update({"X-Amzn-ErrorType": error} if error else {})
        return answer

    server = serve(app)
    fake.url = server.url
    try:
        yield fake
    finally:
        server.stop()
