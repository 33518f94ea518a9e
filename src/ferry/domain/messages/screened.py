"""What the screens saw on the way to a plan, for whoever is asked to approve it."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import LINE, clipped, prose
from ferry.domain.task import Event
from ferry.domain.words import count

SUSPICIOUS, MASKED, REFUSED, BLOCKED = "suspicious text", "secret masked", "call refused", "guardrail intervened"
"""Kinds of events; the detail of each begins with the place."""
SHOWN = 3
_SAID = {
    SUSPICIOUS: "text that looks like an instruction to an AI was read: look for its traces in the plan",
    MASKED: "what looks like a secret stands where agents read; they saw a mask, and it should be replaced",
    REFUSED: "an agent asked for what is not its to do, and was refused",
    BLOCKED: "the guardrail stopped text",
}


def screened(events: Sequence[Event]) -> str:
    """mrkdwn with the places and how many there are; "" when there was nothing."""
    found = {kind: [event.detail for event in events if event.kind == kind] for kind in _SAID}
    return "\n".join(_lines(kind, details) for kind, details in found.items() if details)


def _lines(kind: str, details: Sequence[str]) -> str:
    shown = [f"• {clipped(prose(detail), LINE)}" for detail in details[:SHOWN]]
    more = [f"_and {len(details) - SHOWN} more in the timeline_"] if len(details) > SHOWN else []
    return "\n".join([f":warning: *{count(len(details), 'time')}: {_SAID[kind]}*", *shown, *more])
