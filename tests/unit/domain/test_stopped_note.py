from __future__ import annotations

import pytest

from ferry.domain.stopped_note import noted

BODY = "why\n\n### Proof\n\n| T1 |\n"


def test_a_note_stands_once_and_leaves_all_else() -> None:
    twice = noted(noted(BODY, "first"), "second")

    assert twice.startswith(BODY)
    assert "second" in twice
    assert "first" not in twice


@pytest.mark.parametrize("after", ["", "\n\n<!-- ferry:ci-history -->\n<!-- /ferry:ci-history -->\n"])
def test_a_note_that_is_taken_away_leaves_no_trace(after: str) -> None:
    assert noted(noted(BODY, "stopped").rstrip() + after, "") == (BODY.rstrip() + after).rstrip() + "\n"


def test_where_no_note_is_none_is_taken_away() -> None:
    assert noted(BODY, "") == BODY
