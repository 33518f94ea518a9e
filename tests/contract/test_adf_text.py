"""What people wrote in Jira's editor, as text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.adapters.adf import from_markdown
from ferry.adapters.adf_text import to_text


def doc(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Two\nlines", "Two\nlines"),
        ("# Head\n\nBody", "Head\nBody"),
        ("- one\n- **two**", "- one\n- two"),
        ("```py\nx = 1\n```", "```\nx = 1\n```"),
        ("[here](https://a.example/b)", "here (https://a.example/b)"),
    ],
)
def test_what_was_written_can_be_read(markdown: str, text: str) -> None:
    assert to_text(from_markdown(markdown)) == text


def test_mentions_cards_and_emoji_keep_their_words() -> None:
    parts = [
        {"type": "mention", "attrs": {"id": "A1", "text": "@Ann"}},
        {"type": "emoji", "attrs": {"shortName": ":+1:", "text": "👍"}},
        {"type": "inlineCard", "attrs": {"url": "https://a.example"}},
    ]

    assert to_text(doc({"type": "paragraph", "content": parts})) == "@Ann👍https://a.example"


def test_text_of_the_old_api_stays_text() -> None:
    assert to_text("plain") == "plain"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs", "marks"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(node=json_values)
def test_no_document_makes_the_reader_raise(node: Any) -> None:
    assert isinstance(to_text(node), str)
