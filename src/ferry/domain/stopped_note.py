"""What was stopped before it was done, as the text of its pull request tells it until it is."""

from __future__ import annotations

from ferry.domain.markdown import Section

SECTION = Section("stopped")


def noted(body: str, note: str) -> str:
    """`body` with `note` (Markdown) in place of the one it had, else at its end; "" takes it away. All else stays."""
    if note:
        return SECTION.placed(body, note)
    if around := SECTION.around(body):
        before, after = around
        return f"{before.rstrip()}\n\n{after.lstrip()}".rstrip() + "\n"
    return body
