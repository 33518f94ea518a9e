"""A change to a pull request that a person asked for in a comment."""

from __future__ import annotations

from ferry.domain.document import Document


class Asked(Document):
    """id: of the request, from its delivery; by: who asked; kind: fix or review; text: what to change, untrusted."""

    id: str
    by: str
    kind: str
    text: str


def asked_key(task_id: str, id: str) -> str:
    return f"tasks/{task_id}/asked/{id}.json"
