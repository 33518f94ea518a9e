"""Prompts are files: ``prompt.md`` beside the agent; the line ``<!-- user -->`` ends its system part."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from ferry.agentkit.untrusted import RULE

SPLIT = "<!-- user -->"


@dataclass(frozen=True)
class Prompt:
    system: str
    user: str


def render(path: Path, **values: str) -> Prompt:
    """Fill ``$name`` placeholders; KeyError for one without a value. ``$untrusted_rule`` is always there.

    Values from outside must already be inside `untrusted.block`.
    """
    system, _, user = path.read_text("utf-8").partition(SPLIT)
    known = {"untrusted_rule": RULE, **values}
    return Prompt(Template(system).substitute(known).strip(), Template(user).substitute(known).strip())
