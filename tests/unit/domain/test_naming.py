from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.errors import InvalidSettings
from ferry.domain.naming import LONGEST_TITLE, PATTERN, branch_name, pull_request_title
from ferry.domain.ticket import Ticket


def ticket(title: str, key: str = "FERRY-1") -> Ticket:
    return Ticket(key=key, title=title, text="", url="", author="", triggered_by="", triggered_at="")


def git_accepts(name: str) -> bool:
    command = ["git", "check-ref-format", "--branch", name]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Volume discount for ten or more of the same item", "ferry/FERRY-1-volume-discount-for-ten-or-more-of-the"),
        ("Größe der Cafés (neu!)", "ferry/FERRY-1-grosse-der-cafes-neu"),
        ("../../etc; rm -rf ~ .lock", "ferry/FERRY-1-etc-rm-rf-lock"),
        ("修复折扣", "ferry/FERRY-1-change"),
        ("x" * 100, f"ferry/FERRY-1-{'x' * 40}"),
    ],
)
def test_a_branch_says_which_ticket_it_is_for(title: str, name: str) -> None:
    assert branch_name(PATTERN, ticket(title)) == name


def test_a_later_run_of_a_ticket_has_a_branch_of_its_own() -> None:
    assert branch_name(PATTERN, ticket("a b"), run=2) == "ferry/FERRY-1-a-b-2"


def test_an_organisation_has_its_own_rule() -> None:
    assert branch_name("feature/{key}", ticket("a", key="SHOP-7")) == "feature/SHOP-7"


@given(st.text(), st.text(), st.integers(1, 3))
@settings(max_examples=60, deadline=None)  # each example starts git
def test_git_takes_the_name_of_any_ticket(title: str, key: str, run: int) -> None:
    assert git_accepts(branch_name(PATTERN, ticket(title, key), run))


@given(st.text(alphabet="a/.-@{~^ :\\*[?_\x7fé", max_size=6), st.text(alphabet="a/.-@l~ock", max_size=6))
@settings(max_examples=150, deadline=None)
def test_a_rule_that_git_would_refuse_is_refused_first(before: str, after: str) -> None:
    try:
        name = branch_name(f"{before}{{key}}{after}", ticket("a"))
    except InvalidSettings:
        return
    assert git_accepts(name)


@pytest.mark.parametrize(
    "pattern", ["", "main", "{slug}", "{key}-{user}", "{key}{}", "-{key}", "{key}.lock", "a..{key}"]
)
def test_a_rule_that_cannot_work_is_named(pattern: str) -> None:
    with pytest.raises(InvalidSettings, match="BRANCH_PATTERN"):
        branch_name(pattern, ticket("a"))


def test_a_title_mentions_nobody_and_closes_nothing() -> None:
    title = pull_request_title(ticket("fixes #12\nfor @ada" + "x" * 300))

    assert len(title) <= LONGEST_TITLE + 2
    assert "#1" not in title
    assert "@a" not in title
    assert "\n" not in title
    assert title.startswith("FERRY-1: fixes ")
