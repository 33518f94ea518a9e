"""Slack's interactions and commands: a decision on one approval.

A button's value is ``<task id>|<approval id>|<first 16 of the digest>``: it names what was shown and carries no token.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.triggers import Nothing

DIGEST_SHOWN = 16
ACTIONS = {
    "approve": Decision.APPROVED,
    "request_changes": Decision.CHANGES_REQUESTED,
    "reject": Decision.REJECTED,
}
FEEDBACK_BLOCK = "feedback"


@dataclass(frozen=True)
class Click:
    """digest: the first characters of what the message showed; reason: what the person wrote beside the button."""

    user: str
    task_id: str
    approval_id: str
    digest: str
    decision: Decision
    reason: str
    channel: str = ""


@dataclass(frozen=True)
class Command:
    """``/agent <verb> <words>``."""

    user: str
    verb: str
    words: tuple[str, ...]
    channel: str = ""


def button_value(task_id: str, approval_id: str, digest: str) -> str:
    return f"{task_id}|{approval_id}|{digest[:DIGEST_SHOWN]}"


def read_slack(body: Mapping[str, Any]) -> Click | Command | Nothing:
    """body: an interaction's payload or a command's form."""
    if body.get("type") == "block_actions":
        return _click(body)
    if "command" in body:
        return _command(body)
    return Nothing(f"{body.get('type') or 'this request'} starts nothing")


def _click(body: Mapping[str, Any]) -> Click | Nothing:
    listed = body.get("actions")
    actions = [action for action in map(_object, listed if isinstance(listed, list) else ()) if _ours(action)]
    if not actions:
        return Nothing("no button of Ferry's was clicked")
    parts = str(actions[0].get("value") or "").split("|")
    if len(parts) != 3:
        return Nothing("the button's value is not one that Ferry wrote")
    return Click(
        user=str(_object(body.get("user")).get("id") or ""),
        task_id=parts[0],
        approval_id=parts[1],
        digest=parts[2],
        decision=ACTIONS[actions[0]["action_id"]],
        reason=_feedback(body),
        channel=str(_object(body.get("channel")).get("id") or ""),
    )


def _feedback(body: Mapping[str, Any]) -> str:
    inputs = _object(_object(_object(body.get("state")).get("values")).get(FEEDBACK_BLOCK))
    return next((str(_object(field).get("value") or "") for field in inputs.values()), "").strip()


def _ours(action: Mapping[str, Any]) -> bool:
    return str(action.get("action_id")) in ACTIONS


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _command(body: Mapping[str, Any]) -> Command | Nothing:
    try:
        words = shlex.split(str(body.get("text") or ""))
    except ValueError:
        words = str(body.get("text") or "").split()
    if not words:
        return Nothing("the command has no words")
    return Command(
        user=str(body.get("user_id") or ""),
        verb=words[0],
        words=tuple(words[1:]),
        channel=str(body.get("channel_id") or ""),
    )
