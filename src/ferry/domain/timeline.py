"""The timeline's hash chain: each line carries the digest of itself and of the line before."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.document import digest
from ferry.domain.task import Event


def chained(event: Event) -> Event:
    """`event`, whose `previous` is set, with its own link computed."""
    body = {"at": event.at, "kind": event.kind, "detail": event.detail, "previous": event.previous}
    return event.model_copy(update={"chain": digest(body)})


def first_broken(events: Sequence[Event]) -> int | None:
    """Index of the first line that was changed, removed before, or inserted; None when the chain holds."""
    previous = ""
    for index, event in enumerate(events):
        if event.previous != previous or chained(event).chain != event.chain:
            return index
        previous = event.chain
    return None
