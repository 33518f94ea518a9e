"""A section between marks is made anew where it stands, and nothing that people wrote is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.markdown import Section

SECTION = Section("test")
BEGIN, END = "<!-- ferry:test -->", "<!-- /ferry:test -->"
TEXT = st.text(max_size=60)


@given(TEXT, TEXT, TEXT, TEXT)
def test_a_section_is_replaced_where_it_stands(before: str, old: str, new: str, after: str) -> None:
    text = before + SECTION.marked(old) + after

    assert SECTION.around(text) == (before, after)
    assert SECTION.placed(text, new) == before + SECTION.marked(new) + after


@given(TEXT, TEXT, TEXT)
def test_a_text_without_a_section_gets_it_at_its_end_and_once(text: str, old: str, new: str) -> None:
    twice = SECTION.placed(SECTION.placed(text, old), new)

    assert SECTION.around(text) is None
    assert twice == f"{text.rstrip()}\n\n{SECTION.marked(new)}\n"


@pytest.mark.parametrize("left", [BEGIN, END, f"{END}{BEGIN}"])
def test_where_a_mark_was_taken_away_nothing_is_and_the_section_stands_once_more(left: str) -> None:
    text = f"Mine {left} and mine too"

    twice = SECTION.placed(SECTION.placed(text, "old"), "new")

    assert SECTION.around(text) is None
    assert twice == f"{text}\n\n{BEGIN}\nnew\n{END}\n"


def test_an_empty_section_is_its_marks() -> None:
    assert SECTION.marked("") == f"{BEGIN}\n{END}"
