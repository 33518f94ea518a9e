"""Whose turn it is in a change set, and what its table says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.change_set import (
    LONGEST,
    MergeOrder,
    all_merged,
    combined,
    section,
    standing,
    turn,
    updated,
)
from ferry.domain.task import PullRequest

STATES = st.sampled_from(["open", "merged", "closed"])
CI = st.sampled_from(["pending", "passed", "failed", "escalated"])
RULES = st.sampled_from([MergeOrder.MERGED, MergeOrder.GREEN])


def pull(position: int, state: str = "open", ci: str = "pending", name: str = "") -> PullRequest:
    repo = name or f"acme/r{position}"
    url = f"https://forge.test/{repo}/pull/1"
    place = {"number": 1, "branch": "b", "url": url, "base": "0" * 40, "head": "1" * 40, "position": position}
    return PullRequest.model_validate({"repo": repo, "state": state, "ci": ci, **place})


@st.composite
def sets(draw: st.DrawFn) -> list[PullRequest]:
    count = draw(st.integers(1, 6))
    return draw(st.permutations([pull(place, draw(STATES), draw(CI)) for place in range(1, count + 1)]))


@given(sets(), RULES)
def test_it_is_a_pull_requests_turn_exactly_when_all_before_it_are_as_the_rule_wants(
    pulls: list[PullRequest], rule: MergeOrder
) -> None:
    for one in pulls:
        before = [other for other in pulls if other.position < one.position]
        green = rule is MergeOrder.GREEN
        fine = [
            other.state == "merged" or (green and other.state == "open" and other.ci == "passed") for other in before
        ]
        assert turn(one, pulls, rule).mine == all(fine)


@given(sets(), RULES)
def test_what_a_check_says_fits_into_githubs_limit_and_names_whom_it_waits_for(
    pulls: list[PullRequest], rule: MergeOrder
) -> None:
    for one in pulls:
        found = turn(one, pulls, rule)
        assert 0 < len(found.says) <= LONGEST
        if not found.mine:
            blocker = next(other for other in pulls if other.url == found.url)
            assert blocker.position < one.position
            assert f"{blocker.repo}#1" in found.says


def test_a_closed_pull_request_blocks_those_behind_it_whatever_its_ci_says() -> None:
    pulls = [pull(1, "closed", "passed"), pull(2)]

    assert turn(pulls[1], pulls, MergeOrder.GREEN).says.startswith("acme/r1#1 was closed without being merged")


def test_the_combined_status_counts_each_once() -> None:
    pulls = [pull(1, "merged", "passed"), pull(2, "open", "passed"), pull(3, "open", "escalated"), pull(4)]

    assert combined(pulls) == "4 pull requests: 1 merged, 1 green, 1 red, 1 not tested yet"
    assert [standing(one) for one in pulls] == ["merged", "green", "red", "not tested yet"]


def test_the_table_is_in_merge_order_and_marks_this_pull_request() -> None:
    rows = section([pull(2), pull(1, "merged")], "acme/r2").splitlines()

    assert [row for row in rows if row.startswith("| ")][2:] == [
        "| 1 | [acme/r1#1](https://forge.test/acme/r1/pull/1) | merged |",
        "| 2 | [acme/r2#1](https://forge.test/acme/r2/pull/1) ← this one | not tested yet |",
    ]


def test_a_single_pull_request_is_no_set() -> None:
    assert section([pull(1)], "acme/r1") == ""


@given(sets(), st.text(max_size=80), st.text(max_size=80))
def test_only_the_section_of_a_text_changes_and_what_people_wrote_stays(
    pulls: list[PullRequest], before: str, after: str
) -> None:
    old = [one.model_copy(update={"ci": "pending", "state": "open"}) for one in pulls]
    body = before + section(old, "acme/r1") + after

    assert updated(body, pulls, "acme/r1") == before + section(pulls, "acme/r1") + after


def test_a_text_without_the_marks_is_left_alone() -> None:
    assert updated("Mine now", [pull(1), pull(2)], "acme/r1") == "Mine now"


def test_nothing_is_not_all_merged() -> None:
    assert not all_merged([])
    assert not all_merged([pull(1, "merged"), pull(2, "closed")])
    assert all_merged([pull(1, "merged"), pull(2, "merged")])
