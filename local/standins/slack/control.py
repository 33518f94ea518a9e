"""What a person does in Slack: click, submit a form, type a command. Each becomes a signed request to Ferry.

Signature: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from flask import Blueprint, abort, jsonify, request

from local.standins.slack import payloads

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from local.standins.base import StandInSettings
    from local.standins.slack.api import Faults
    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]

SLACK_WAITS_SECONDS = 3


def control_routes(workspace: Workspace, settings: StandInSettings, faults: Faults) -> Blueprint:
    """Each act answers ``{"status", "body", "seconds", "late"}``: what Ferry said and when.

    click: ``{"user", "channel"?, "ts", "action_id", "value"?, "state"?: {block_id: {action_id: {"value": …}}}}``
    command: ``{"user", "command", "text"?}``
    mention: ``{"user", "text", "thread_ts"?}``: the person writes it in the channel; ``<@U0FERRYBOT>`` is the app
    faults: ``{"error": "ratelimited", "times"?, "retry_after"?, "method"?}`` or ``{"status": 503, …}``
    """
    routes = Blueprint("control", __name__, url_prefix="/_standin")

    @routes.post("/click")
    def click() -> Response:
        return send_form(
            settings, {"payload": json.dumps(payloads.block_actions(workspace, asked_of(workspace, "ts")))}
        )

    @routes.post("/command")
    def command() -> Response:
        return send_form(settings, payloads.slash_command(workspace, asked_of(workspace, "command")))

    @routes.post("/mention")
    def mention() -> Response:
        asked = asked_of(workspace, "text")
        message = workspace.add({"channel": asked["channel"], "user": asked["user"], "text": asked["text"],
                                 **({"thread_ts": asked["thread_ts"]} if asked.get("thread_ts") else {})})  # fmt: skip
        return _send(settings, json.dumps(payloads.app_mention(message)).encode(), "application/json")

    @routes.get("/messages")
    def messages() -> Response:
        """All messages in order, ephemeral ones with ``ephemeral_for``; ``?channel=`` narrows."""
        wanted = request.args.get("channel") or workspace.channel
        return jsonify({"messages": [message for message in workspace.messages if message["channel"] == wanted]})

    @routes.put("/groups/<group>")
    def group(group: str) -> ResponseReturnValue:
        """``{"users": [ids]}``: somebody joins or leaves."""
        workspace.groups[group] = list(request.get_json()["users"])
        return "", 204

    @routes.post("/faults")
    def add_fault() -> ResponseReturnValue:
        fault = request.get_json()
        faults.extend([fault] * int(fault.get("times", 1)))
        return "", 204

    return routes


def asked_of(workspace: Workspace, *required: str) -> Json:
    asked: Json = request.get_json()
    if missing := [name for name in ("user", *required) if not asked.get(name)]:
        abort(400, f"missing: {', '.join(missing)}")
    if asked["user"] not in workspace.users:
        abort(404, f"no such user; known are {', '.join(workspace.users)}")
    return {"channel": workspace.channel, **asked}


def sign(secret: str, timestamp: str, body: bytes) -> str:
    base = b":".join((b"v0", timestamp.encode(), body))
    return f"v0={hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()}"


def send_form(settings: StandInSettings, form: Json) -> Response:
    return _send(settings, urlencode(form).encode(), "application/x-www-form-urlencoded")


def _send(settings: StandInSettings, body: bytes, kind: str) -> Response:
    if not settings.deliver_to:
        abort(409, "this stand-in was started without a URL to deliver to")
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": kind,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(settings.webhook_secret, timestamp, body),
    }
    started = time.monotonic()
    try:
        answer = requests.post(settings.deliver_to, data=body, headers=headers, timeout=30)
    except requests.RequestException as error:
        abort(502, f"no answer from {settings.deliver_to}: {type(error).__name__}")
    seconds = round(time.monotonic() - started, 3)
    said = {"status": answer.status_code, "body": answer.text}
    return jsonify({**said, "seconds": seconds, "late": seconds > SLACK_WAITS_SECONDS})
