"""An agent that never answers: whoever measures what is around the agents puts it in their place."""

from __future__ import annotations


def handler(event: object, context: object) -> None:
    """Takes the request; its token stays open."""
