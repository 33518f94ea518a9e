"""Markdown becomes documents that Atlassian's own JSON schema accepts, whatever the text."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from ferry.adapters.adf import from_markdown
from local.standins.jira.adf import fault
from tests.contract.openapi import CONTRACTS, vendor_file

PIECES = [
    "# ",
    "###### ",
    "- ",
    "1. ",
    "```",
    "```py",
    "**",
    "`",
    "[",
    "](https://x.y/z)",
    "---",
    "\n",
    "\n\n",
    " ",
    "a",
    "\t",
]


@cache
def validator() -> Draft4Validator:
    return Draft4Validator(json.loads(vendor_file("jira/adf.schema.json").read_text()))


def test_every_construct_becomes_its_node() -> None:
    text = "## Plan\nfirst\nsecond\n\n- **one** `x`\n- [two](https://a.b)\n\n1. a\n\n```py\nx = 1\n```\n---\nhttps://c.d/e."
    kinds = [node["type"] for node in from_markdown(text)["content"]]
    assert kinds == ["heading", "paragraph", "bulletList", "orderedList", "codeBlock", "rule", "paragraph"]


@pytest.mark.parametrize(
    ("markdown", "text", "marks"),
    [
        ("**b**", "b", [{"type": "strong"}]),
        ("`c`", "c", [{"type": "code"}]),
        ("**`c`**", "c", [{"type": "code"}]),
        ("[l](https://a.b/c?d=e)", "l", [{"type": "link", "attrs": {"href": "https://a.b/c?d=e"}}]),
        ("https://a.b/c", "https://a.b/c", [{"type": "link", "attrs": {"href": "https://a.b/c"}}]),
        ("**[l](https://a.b)**", "l", [{"type": "strong"}, {"type": "link", "attrs": {"href": "https://a.b"}}]),
    ],
)
def test_a_mark_is_carried_over(markdown: str, text: str, marks: list[dict[str, Any]]) -> None:
    assert from_markdown(markdown)["content"][0]["content"] == [{"type": "text", "text": text, "marks": marks}]


@pytest.mark.parametrize("markdown", ["[x](javascript:alert(1))", "2 ** 3 ** 4", "a * b", "snake_case_name", "<b>"])
def test_what_is_no_markup_stays_text(markdown: str) -> None:
    assert from_markdown(markdown)["content"][0]["content"] == [{"type": "text", "text": markdown}]


@pytest.mark.skipif(not CONTRACTS.exists(), reason="third-party contract data is not part of this repository")
@settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_any_text_gives_a_valid_document(markdown: str) -> None:
    document = from_markdown(markdown)
    validator().validate(document)
    assert fault(document) is None


@pytest.mark.parametrize("markdown", ["", " \n\t", "\x00\x07", "```", "#", "- "])
def test_nearly_nothing_gives_a_valid_document(markdown: str) -> None:
    validator().validate(from_markdown(markdown))
