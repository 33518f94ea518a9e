"""Text of others in what Ferry writes on GitHub."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Text of a model or a ticket on one line, without the power to open HTML, mention people or close issues."""
    line = " ".join(text.split()).replace("<", "&lt;").replace("[", "\\[").replace("]", "\\]")
    return re.sub(r"[@#](?=\w)", lambda sign: f"{sign[0]}\u200b", line)
