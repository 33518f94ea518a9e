"""An answer to a question, as Slack shows it; its words are a model's, so none of them is markup."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Rendered, bullets, context, cut, escaped, section


def answered(text: str, *, sure: bool, looked_at: Sequence[str]) -> Rendered:
    """Where it is not sure, what it looked at is said first and in full."""
    shown = escaped(text)
    seen = bullets(escaped(cut(line, 200)) for line in looked_at[:10])
    if sure:
        return shown, [section(shown), context(f"looked at\n{seen}")]
    doubt = f"I am not sure. I looked at:\n{seen}"
    return f"I am not sure. {shown}", [section(f"{doubt}\n\n{shown}")]


def unanswered(why: str, looked_at: Sequence[str]) -> Rendered:
    text = f"I could not answer: {escaped(why)}"
    seen = f" I looked at:\n{bullets(map(escaped, looked_at[:10]))}" if looked_at else ""
    return text, [section(f"{text}.{seen}"), context("`/agent status` and `/agent list` need no model")]
