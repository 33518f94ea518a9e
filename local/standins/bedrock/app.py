"""The HTTP front: paths of the service's model, errors in AWS's REST-JSON form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from local.standins.bedrock import shapes
from local.standins.bedrock.converse import BedrockError, apply_guardrail

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.bedrock.converse import Converse

    Json = dict[str, Any]


def build_app(converse: Converse, token: str) -> Flask:
    app = Flask("bedrock")

    @app.before_request
    def authenticate() -> ResponseReturnValue | None:
        return None if request.path.startswith("/_standin/") or _signed(token) else _no_credentials()

    @app.post("/model/<path:model>/converse")
    def reply(model: str) -> Response:
        return jsonify(converse.reply(model, _body()))

    @app.post("/guardrail/<path:guardrail>/version/<version>/apply")
    def guard(guardrail: str, version: str) -> Response:
        return jsonify(apply_guardrail(_body()))

    @app.get("/_standin/calls")
    def calls() -> Response:
        """``{"calls", "agents": {name: {"calls", "inputTokens", "outputTokens"}}, "errors": {name: count}}``."""
        return jsonify(converse.calls())

    @app.post("/_standin/faults")
    def add_faults() -> ResponseReturnValue:
        """``{"error": "ThrottlingException", "times"?: 2, "agent"?: "planning"}``: the next Converse calls end so."""
        fault, known = request.get_json(), shapes.errors("Converse")
        if fault.get("error") not in known:
            return jsonify({"message": f"error must be one of {', '.join(known)}"}), 400
        converse.add_faults(fault["error"], int(fault.get("times", 1)), fault.get("agent", ""))
        return "", 204

    app.register_error_handler(BedrockError, lambda error: _refusal(error.code, str(error)))
    app.register_error_handler(HTTPException, _unknown)
    return app


def _signed(token: str) -> bool:
    given = request.headers.get("Authorization", "")
    if given.startswith("Bearer "):
        return not token or given == f"Bearer {token}"
    return given.startswith("AWS4-HMAC-SHA256 ") and "/bedrock/aws4_request" in given


def _no_credentials() -> Response:
    return _refusal("AccessDeniedException", "The request carries no valid signature or bearer token.")


def _body() -> Json:
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict):
        raise BedrockError("ValidationException", "the body must be a JSON object")
    return body


def _refusal(code: str, message: str) -> Response:
    answer = jsonify({"message": message})
    answer.status_code = shapes.errors("Converse").get(code, 400)
    answer.headers["X-Amzn-ErrorType"] = code
    return answer


def _unknown(error: HTTPException) -> Response:
    answer = _refusal("UnknownOperationException", error.description or error.name)
    answer.status_code = error.code or 404
    return answer
