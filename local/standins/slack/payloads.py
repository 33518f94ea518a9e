"""Slack's own request bodies: block_actions, view_submission, slash command, app_mention.

https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/interactivity/implementing-slash-commands
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from flask import abort

from local.standins.slack.workspace import APP, BOT_USER, TEAM, public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.standins.slack.workspace import Workspace

    Json = dict[str, Any]

_VERIFICATION = "deprecated-verification-token"


def block_actions(workspace: Workspace, asked: Json) -> Json:
    """`value` may differ from the button's own: a test may forge it, Slack's signature is good all the same."""
    message = workspace.find(asked["channel"], asked["ts"])
    if message is None or message.get("ephemeral_for", asked["user"]) != asked["user"]:
        abort(404, "no such message for this user")
    block_id, element = next(_elements(message, str(asked.get("action_id"))), (None, None))
    if element is None:
        abort(404, "the message has no such action; it may have been replaced")
    action = {**element, "block_id": block_id, "action_ts": f"{time.time():.6f}"}
    if "value" in asked:
        action["value"] = asked["value"]
    ephemeral = "ephemeral_for" in message
    container = {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"]}
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    return {
        "type": "block_actions",
        **_envelope(workspace, asked["user"]),
        "container": {**container, **thread, "is_ephemeral": ephemeral},
        "trigger_id": workspace.new_trigger(),
        "channel": {"id": message["channel"], "name": "ferry"},
        "message": public(message),
        "state": {"values": asked.get("state") or {}},
        "response_url": workspace.new_response_url("actions", message["channel"], asked["user"], message["ts"]),
        "actions": [action],
    }


def view_submission(workspace: Workspace, asked: Json) -> Json:
    view = workspace.views.get(asked["view_id"])
    if view is None:
        abort(404, "no such view")
    return {
        "type": "view_submission",
        **_envelope(workspace, asked["user"]),
        "trigger_id": workspace.new_trigger(),
        "view": {**view, "state": {"values": asked.get("state") or {}}},
        "response_urls": [],
    }


def slash_command(workspace: Workspace, asked: Json) -> Json:
    return {
        "token": _VERIFICATION,
        "team_id": TEAM,
        "team_domain": "ferry",
        "channel_id": asked["channel"],
        "channel_name": "ferry",
        "user_id": asked["user"],
        "user_name": workspace.users[asked["user"]],
        "command": asked["command"],
        "text": asked.get("text", ""),
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": workspace.new_response_url("commands", asked["channel"], asked["user"]),
        "trigger_id": workspace.new_trigger(),
    }


def app_mention(message: Json) -> Json:
    """https://docs.slack.dev/reference/events/app_mention, in the envelope of the Events API."""
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    event = {name: message[name] for name in ("user", "text", "ts", "channel")}
    return {
        "token": _VERIFICATION,
        "team_id": TEAM,
        "api_app_id": APP,
        "type": "event_callback",
        "event_id": f"Ev{message['ts'].replace('.', '')}",
        "event_time": int(float(message["ts"])),
        "event": {"type": "app_mention", "team": TEAM, "event_ts": message["ts"], **event, **thread},
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": TEAM,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def _envelope(workspace: Workspace, user: str) -> Json:
    name = workspace.users[user]
    return {
        "user": {"id": user, "username": name, "name": name, "team_id": TEAM},
        "api_app_id": APP,
        "token": _VERIFICATION,
        "team": {"id": TEAM, "domain": "ferry"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _elements(message: Json, action_id: str) -> Iterator[tuple[str, Json]]:
    for block in message.get("blocks", []):
        for element in [*block.get("elements", []), block.get("accessory"), block.get("element")]:
            if isinstance(element, dict) and element.get("action_id") == action_id:
                yield block["block_id"], element
