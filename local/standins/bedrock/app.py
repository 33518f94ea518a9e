"""The HTTP front: paths of the service's model, errors in AWS's REST-JSON form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from local.standins.bedrock import shapes
from local.standins.bedrock.converse import BedrockError
from local.standins.bedrock.guardrail import apply_guardrail

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

    @app.post("/model/<path:model>/converse-stream")
    def stream(model: str) -> Response:
        return Response(converse.stream(model, _body()), mimetype="application/vnd.amazon.eventstream")

    @app.post("/guardrail/<path:guardrail>/version/<version>/apply")
    def guard(guardrail: str, version: str) -> Response:
        return jsonify(apply_guardrail(_body()))

    _add_controls(app, converse)
    app.register_error_handler(BedrockError, lambda error: _refusal(error.code, str(error)))
    app.register_error_handler(HTTPException, _unknown)
    return app


def _add_controls(app: Flask, converse: Converse) -> None:
    @app.get("/_standin/calls")
    def calls() -> Response:
        """``{"calls", "agents": {name: {"calls", "inputTokens", "cacheReadInputTokens", …}}, "unread": …, "errors":
        {name: n}}``; unread: the part of `agents` whose streams were broken on purpose, which is paid for all the same.
        """
        return jsonify(converse.calls())

    @app.post("/_standin/faults")
    def add_faults() -> ResponseReturnValue:
        """``{"error": "ThrottlingException", "times"?: 2, "agent"?: "planning"}``: the next calls end so.

        With ``"after": 3`` it is the next streams, after so many events; ``break`` ends them and ``cut``
        closes the connection.
        """
        fault = request.get_json()
        known = [*shapes.stream_errors(), "break", "cut"] if "after" in fault else list(shapes.errors("Converse"))
        if fault.get("error") not in known:
            return jsonify({"message": f"error must be one of {', '.join(known)}"}), 400
        times, agent = int(fault.get("times", 1)), fault.get("agent", "")
        if "after" in fault:
            converse.add_stream_faults(fault["error"], int(fault["after"]), times, agent)
        else:
            converse.add_faults(fault["error"], times, agent)
        return "", 204


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
