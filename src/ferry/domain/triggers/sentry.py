"""Sentry's webhooks (docs.sentry.io, "Integration Platform: Webhooks"): an alert, or an issue that is new.

A metric alert names no issue, only that something is too much; it is a reason to look at all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.triggers import Nothing

LOUD = frozenset({"critical", "warning"})


@dataclass(frozen=True)
class Alert:
    """A hint to look at one issue, or at all when `issue` is empty; what is true is read from Sentry."""

    issue: str


def read_sentry(kind: str, body: Mapping[str, Any]) -> Alert | Nothing:
    """kind: the value of ``Sentry-Hook-Resource``."""
    action, data = str(body.get("action") or ""), _object(body.get("data"))
    if kind == "metric_alert" and action in LOUD:
        return Alert("")
    if kind == "event_alert" and action == "triggered":
        return _alert(_object(data.get("event")).get("issue_id"))
    if kind == "issue" and action in ("created", "unresolved"):
        return _alert(_object(data.get("issue")).get("id"))
    return Nothing(f"{kind or 'an event without a name'} {action}".strip() + " starts nothing")


def _alert(issue: object) -> Alert | Nothing:
    """Issue ids are numbers; anything else must not become part of a path."""
    text = str(issue or "")
    return Alert(text) if text.isascii() and text.isdecimal() else Nothing("the payload names no issue")


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
