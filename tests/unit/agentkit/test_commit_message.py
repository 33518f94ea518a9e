from __future__ import annotations

import pytest

from ferry.agentkit.commit_message import check_commit_message


@pytest.mark.parametrize("message", ["feat: x", "fix(pricing): y\n\nWhy.\n", "refactor(a/b)!: z", "  style: trimmed  "])
def test_conventional_messages_are_taken(message: str) -> None:
    assert check_commit_message(message) == message.strip()


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("", "conventional"),
        ("added x", "conventional"),
        ("feat:x", "conventional"),
        ("feat: " + "x" * 67, "73 characters"),
        ("feat: x [skip ci]", "skip CI"),
        ("feat: x\n\nbody [No CI] there", "skip CI"),
        ("feat: x\n\nskip-checks: true", "skip CI"),
        ("feat: x\n\nFerry-Task: other", "trailers"),
        ("feat: x\n\nCo-authored-by: Eve <e@x>", "trailers"),
        ("feat: x ***NO_CI***", "skip CI"),
        ("feat: x\n\nThanks @acme/all", "no mention"),
        ("feat: x (#12)", "no mention"),
        ("feat: x\n\nCloses GH-12", "no reference"),
        ("feat: x\n\nresolves: https://github.com/acme/lib/issues/2", "no reference"),
        ("feat: x\n\nfixes acme/lib#2", "no reference"),
        ("feat: x\rApproved-by: ada", "people see"),
        ("feat: x \u202eelbert", "people see"),
    ],
)
def test_a_message_may_not_reach_beyond_its_commit(message: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_commit_message(message)
