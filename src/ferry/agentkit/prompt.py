"""Prompts are files: ``prompt.md`` beside the agent; the line ``<!-- user -->`` ends its system part.

A vendor's cache is read up to the first byte that differs, so what changes seldom comes first: the system part has no
placeholder but ``$untrusted_rule``, and ``<!-- this time -->`` ends what all conversations of a task begin with.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from ferry.agentkit.untrusted import RULE

SPLIT, THIS_TIME = "<!-- user -->", "<!-- this time -->"


@dataclass(frozen=True)
class Prompt:
    """shared: what the user's part begins with in every conversation of the task, "" where nothing is marked."""

    system: str
    user: str
    shared: str = ""


def render(path: Path, **values: str) -> Prompt:
    """Fill ``$name`` placeholders; KeyError for one without a value. ``$untrusted_rule`` is always there.

    Values from outside must already be inside `untrusted.block`.
    """
    system, _, user = path.read_text("utf-8").partition(SPLIT)
    shared, marked, this_time = user.partition(THIS_TIME)
    known = {"untrusted_rule": RULE, **values}
    parts = (system, this_time, shared) if marked else (system, user, "")
    return Prompt(*(Template(part).substitute(known).strip() for part in parts))
