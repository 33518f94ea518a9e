"""The modal that asks for words, where a click came without them."""

from __future__ import annotations

from typing import Any

from ferry.domain.approval import Decision
from ferry.domain.triggers.slack import (
    ACTIONS,
    DIGEST_SHOWN,
    FEEDBACK_BLOCK,
    FEEDBACK_FIELD,
    LONGEST_WORDS,
    Click,
    button_value,
)

TITLES = {Decision.CHANGES_REQUESTED: "Request changes", Decision.REJECTED: "Reject the plan"}
LABELS = {Decision.CHANGES_REQUESTED: "What should change", Decision.REJECTED: "Why not"}
HINTS = {
    Decision.CHANGES_REQUESTED: "The next plan is made from your words, and shows what it changed.",
    Decision.REJECTED: "The draft pull requests are closed, and the ticket is told why. This may stay empty.",
}


def words_form(click: Click) -> dict[str, Any]:
    """A view whose submission equals `click` with words (docs.slack.dev, "Modal views")."""
    decision = click.decision
    action = next(name for name, meant in ACTIONS.items() if meant is decision)
    return {
        "type": "modal",
        "callback_id": action,
        "private_metadata": button_value(click.task_id, click.approval_id, click.digest),
        "title": _plain(TITLES[decision]),
        "submit": _plain("Send"),
        "close": _plain("Cancel"),
        "blocks": [
            {
                "type": "input",
                "block_id": FEEDBACK_BLOCK,
                "optional": decision is Decision.REJECTED,
                "label": _plain(LABELS[decision]),
                "hint": _plain(HINTS[decision]),
                "element": {
                    "type": "plain_text_input",
                    "action_id": FEEDBACK_FIELD,
                    "multiline": True,
                    "max_length": LONGEST_WORDS,
                },
            },
            {
                "type": "context",
                "elements": [_plain(f"task {click.task_id} · digest {click.digest[:DIGEST_SHOWN]}")],
            },
        ],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}
