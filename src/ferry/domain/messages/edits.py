"""What changed on a ticket after its task began."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import FENCE, Rendered, escaped, section
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.words import times as how_often


def edited(edit: TicketEdit, lines: Sequence[str]) -> Rendered:
    """lines: of a diff."""
    who = edit.by_name or edit.by or "Somebody"
    text = f"{who} changed {edit.what} of {edit.key} after the trigger. The task goes on with the text as it was."
    told = escaped("\n".join(lines))
    return escaped(text), [section(f":warning: {escaped(text)}"), section(f"{FENCE}{told}{FENCE}")]


def edits_warning(key: str, times: int, *, compared: bool = True) -> str:
    """Lines for the message that asks for approval; "" when nothing was changed. compared: with the ticket as it is."""
    much = how_often(times)
    told = f"*{escaped(key)} was changed {much} after the trigger.* This plan follows the text as it was then."
    unknown = f"*{escaped(key)} could not be compared with the ticket as it is now*; look at it before you approve."
    return "\n".join(f":warning: {line}" for line in (*[told] * bool(times), *[unknown] * (not compared)))
