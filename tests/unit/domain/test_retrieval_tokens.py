from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.retrieval.tokens import names, paths, split, surfaces, tokens


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("OrderTotals", ("order", "total", "ordertotals")),
        ("parse_HTTPResponse2", ("parse", "http", "response", "parse_httpresponse2")),
        ("categories", ("category",)),
        ("the", ()),
        ("x", ()),
        ("Größe", ("grösse",)),
        ("a" * 81, ()),
    ],
)
def test_an_identifier_is_its_parts_and_itself(identifier: str, expected: tuple[str, ...]) -> None:
    assert split(identifier) == expected


@given(st.text(alphabet="aB1_ .é٣，\n", max_size=40))
def test_words_are_told_apart_alike_in_every_script(text: str) -> None:
    expected = Counter(token for name in re.findall(r"[^\W\d]\w*|\d+", text) for token in split(name))

    assert tokens(text) == expected


def test_a_plural_and_its_singular_are_one_token() -> None:
    assert tokens("discounts, tiers and boxes of classes") == tokens("discount tier box class")
    assert tokens("cases and sizes") == tokens("case size")


def test_a_person_sees_the_tickets_own_word() -> None:
    assert surfaces("Cafés asked for Discounts")["discount"] == "Discounts"


def test_only_what_is_meant_as_code_counts_as_a_name() -> None:
    text = "The OrderTotal is wrong when `coupon` is used; call round_up(), not TAX or Receipt."
    assert names(text) == {"OrderTotal", "coupon", "round_up"}


def test_paths_in_prose_and_stack_traces_are_found() -> None:
    text = 'See ./src/app.py: File "/srv/shop/totals.py", line 3. Version 1.3 etc. and e.g. nothing.'
    assert {"src/app.py", "srv/shop/totals.py"} <= set(paths(text))
    assert "1.3" not in paths(text)


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    counts = tokens(text)
    assert all(times > 0 and token == token.casefold() for token, times in counts.items())
    assert set(counts) == set(surfaces(text))
    assert names(text) is not None
    assert len(set(paths(text))) == len(paths(text))


@pytest.mark.parametrize("piece", ["a", "a/", "a.", "`", "A", "_", "(", " ", "a-", "aB1_"])
def test_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    tokens(text), names(text), paths(text), surfaces(text)
    assert time.process_time() - started < 2
