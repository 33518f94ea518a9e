"""Ids of calls, where whoever makes them gives none."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ID = re.compile(r"call-(\d+)-\d+$")


def call_id(turn: int, index: int) -> str:
    """Unique in a conversation and the same in every run."""
    return f"call-{turn}-{index}"


def turn_after(said: int, ids: Iterable[str]) -> int:
    """The number of the next turn of a conversation of which older ones may have been left out: ids tell theirs.

    said: turns of the model that are left; ids: of their calls.
    """
    return max([said, *(int(found[1]) + 1 for id in ids if (found := _ID.search(id)))])
