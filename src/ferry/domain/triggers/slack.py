"""Slack's interactions, commands and mentions: a decision on one approval, a wish, a question.

A button's value is ``<task id>|<approval id>|<first 16 of the digest>``: it names what was shown and carries no token.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.triggers import Nothing

DIGEST_SHOWN = 16
ACTIONS = {
    "approve": Decision.APPROVED,
    "request_changes": Decision.CHANGES_REQUESTED,
    "reject": Decision.REJECTED,
}
FEEDBACK_BLOCK, FEEDBACK_FIELD = "feedback", "text"
LONGEST_WORDS = 3000
LONGEST_QUESTION = 2000
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Click:
    """digest: the first characters of what the message showed; reason: what the person wrote beside the button;
    trigger: opens a modal within three seconds, "" where none may be opened (any more)."""

    user: str
    task_id: str
    approval_id: str
    digest: str
    decision: Decision
    reason: str
    channel: str = ""
    trigger: str = ""


@dataclass(frozen=True)
class Command:
    """``/agent <verb> <words>``."""

    user: str
    verb: str
    words: tuple[str, ...]
    channel: str = ""


@dataclass(frozen=True)
class Mention:
    """A question to the app. thread: ref of the message that is answered in its thread, ``<channel>:<timestamp>``."""

    user: str
    text: str
    thread: str


def button_value(task_id: str, approval_id: str, digest: str) -> str:
    return f"{task_id}|{approval_id}|{digest[:DIGEST_SHOWN]}"


def read_slack(body: Mapping[str, Any]) -> Click | Command | Mention | Nothing:
    """body: an interaction's payload, a submitted modal, a command's form or an event."""
    if body.get("type") == "block_actions":
        return _click(body)
    if body.get("type") == "view_submission":
        return _submission(body)
    if "command" in body:
        return _command(body)
    if body.get("type") == "event_callback":
        return _event(body)
    return Nothing(f"{body.get('type') or 'this request'} starts nothing")


def _click(body: Mapping[str, Any]) -> Click | Nothing:
    listed = body.get("actions")
    actions = [action for action in map(_object, listed if isinstance(listed, list) else ()) if _ours(action)]
    if not actions:
        return Nothing("no button of Ferry's was clicked")
    clicked = _decision(body, ACTIONS[actions[0]["action_id"]], actions[0].get("value"), body.get("state"))
    if isinstance(clicked, Nothing):
        return clicked
    channel = str(_object(body.get("channel")).get("id") or "")
    return replace(clicked, channel=channel, trigger=str(body.get("trigger_id") or ""))


def _submission(body: Mapping[str, Any]) -> Click | Nothing:
    """The modal of `ferry.domain.messages.form`: the same click, with words."""
    view = _object(body.get("view"))
    decision = ACTIONS.get(str(view.get("callback_id")))
    if decision is None:
        return Nothing("no modal of Ferry's was submitted")
    return _decision(body, decision, view.get("private_metadata"), view.get("state"))


def _decision(body: Mapping[str, Any], decision: Decision, value: object, state: object) -> Click | Nothing:
    parts = str(value or "").split("|")
    if len(parts) != 3:
        return Nothing("the button's value is not one that Ferry wrote")
    task_id, approval_id, digest = parts
    user = str(_object(body.get("user")).get("id") or "")
    return Click(user, task_id, approval_id, digest, decision, _feedback(state))


def _feedback(state: object) -> str:
    inputs = _object(_object(_object(state).get("values")).get(FEEDBACK_BLOCK))
    return next((str(_object(field).get("value") or "") for field in inputs.values()), "").strip()


def _ours(action: Mapping[str, Any]) -> bool:
    return str(action.get("action_id")) in ACTIONS


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _event(body: Mapping[str, Any]) -> Mention | Nothing:
    """Bots, Ferry itself among them, are never answered: two that answer each other cost money until somebody looks."""
    event = body.get("event")
    if not isinstance(event, dict) or event.get("type") != "app_mention":
        kind = event.get("type") if isinstance(event, dict) else ""
        return Nothing(f"{kind or 'an event without a name'} starts nothing")
    user = str(event.get("user") or "")
    granted = [one for one in body.get("authorizations") or () if isinstance(one, dict)]
    own = {str(one.get("user_id")) for one in granted if one.get("is_bot")}
    if event.get("bot_id") or event.get("bot_profile") or event.get("subtype") == "bot_message" or user in own:
        return Nothing("a bot wrote this")
    text = _MENTION.sub("", str(event.get("text") or "")).strip()
    place = str(event.get("thread_ts") or event.get("ts") or "")
    channel = str(event.get("channel") or "")
    if not (user and text and place and channel):
        return Nothing("there is no question in it")
    return Mention(user, text[:LONGEST_QUESTION], f"{channel}:{place}")


def _command(body: Mapping[str, Any]) -> Command:
    try:
        words = shlex.split(str(body.get("text") or ""))
    except ValueError:
        words = str(body.get("text") or "").split()
    return Command(
        user=str(body.get("user_id") or ""),
        verb=words[0] if words else "help",
        words=tuple(words[1:]),
        channel=str(body.get("channel_id") or ""),
    )
