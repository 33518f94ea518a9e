"""The Web API's methods (https://docs.slack.dev/reference/methods): who may call, and what each answers.

Refusals are HTTP 200 with ``{"ok": false, "error": code}``, as Slack's are; only the rate limit is a 429.
"""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from local.standins.slack import methods

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]
    Faults = list[Json]

_JSON_ARGUMENTS = ("blocks", "view", "files", "attachments", "metadata")


def api_routes(workspace: Workspace, token: str, faults: Faults) -> Blueprint:
    routes = Blueprint("api", __name__, url_prefix="/api")

    @routes.route("/<name>", methods=["GET", "POST"])
    def call(name: str) -> ResponseReturnValue:
        if not authorised(token):
            return refused("invalid_auth" if given_token() else "not_authed")
        if (fault := _next_fault(faults, name)) is not None:
            return _broken(fault)
        method = methods.METHODS.get(name)
        if method is None:
            return refused("unknown_method")
        try:
            return jsonify({"ok": True} | method(workspace, arguments()))
        except methods.SlackError as error:
            return refused(error.code, *error.messages)

    return routes


def given_token() -> str:
    credential = request.authorization
    return (credential.token if credential and credential.type == "bearer" else request.values.get("token")) or ""


def authorised(token: str) -> bool:
    return bool(token) and hmac.compare_digest(given_token().encode(), token.encode())


def arguments() -> Json:
    """From a JSON body or from form and query; there, structured arguments are JSON in a string."""
    if request.is_json:
        body = request.get_json(silent=True)
        return body if isinstance(body, dict) else {}
    given: Json = request.values.to_dict()
    for name in _JSON_ARGUMENTS:
        if isinstance(given.get(name), str):
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                continue
    return given


def refused(code: str, *messages: str) -> Response:
    body: Json = {"ok": False, "error": code}
    if messages:
        body["errors"] = list(messages)
        body["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in messages]}
    return jsonify(body)


def _next_fault(faults: Faults, name: str) -> Json | None:
    for index, fault in enumerate(faults):
        if fault.get("method", name) == name:
            return faults.pop(index)
    return None


def _broken(fault: Json) -> Response:
    answer = refused(str(fault.get("error", "internal_error")))
    if "needed" in fault:
        answer.set_data(json.dumps({"ok": False, "error": fault["error"], "needed": fault["needed"]}))
    if fault.get("error") == "ratelimited":
        answer.status_code = 429
        answer.headers["Retry-After"] = str(fault.get("retry_after", 1))
    elif "status" in fault:
        answer.status_code = int(fault["status"])
    return answer
