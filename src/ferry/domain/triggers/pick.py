"""A click that says which repository a ticket is about.

A button's value is ``<task id>|<inquiry id>|<owner/name>``, the last part empty for "None of these". It names what was
shown and carries no token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.triggers import Nothing

PICK = "pick_"


@dataclass(frozen=True)
class Pick:
    """repo: "" for none of the candidates; channel: where to answer the person."""

    user: str
    task_id: str
    inquiry_id: str
    repo: str
    channel: str = ""


def pick_value(task_id: str, inquiry_id: str, repo: str) -> str:
    return f"{task_id}|{inquiry_id}|{repo}"


def read_pick(body: Mapping[str, Any]) -> Pick | Nothing | None:
    """None for a body that is no click on a button of an inquiry."""
    listed = body.get("actions") if body.get("type") == "block_actions" else None
    actions = [_object(action) for action in listed] if isinstance(listed, list) else []
    mine = next((action for action in actions if str(action.get("action_id")).startswith(PICK)), None)
    if mine is None:
        return None
    parts = str(mine.get("value") or "").split("|")
    if len(parts) != 3:
        return Nothing("the button's value is not one that Ferry wrote")
    task_id, inquiry_id, repo = parts
    user, channel = _object(body.get("user")), _object(body.get("channel"))
    return Pick(str(user.get("id") or ""), task_id, inquiry_id, repo, str(channel.get("id") or ""))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
