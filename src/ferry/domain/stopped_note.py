"""What was stopped before it was done, as the text of its pull request tells it until it is."""

from __future__ import annotations

BEGIN, END = "<!-- ferry:stopped -->", "<!-- /ferry:stopped -->"


def noted(body: str, note: str) -> str:
    """`body` with `note` (Markdown) in place of the one it had, else at its end; "" takes it away. All else stays."""
    text = f"{BEGIN}\n{note}\n{END}" if note else ""
    before, begin, rest = body.partition(BEGIN)
    if begin:
        after = rest.partition(END)[2]
        return before + text + after if note else f"{before.rstrip()}\n\n{after.lstrip()}".rstrip() + "\n"
    return f"{body.rstrip()}\n\n{text}\n" if note else body
