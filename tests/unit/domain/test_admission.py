"""Who may start what, how often, and what never starts anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.admission.budget import Budget, Subject, counters, overspent
from ferry.domain.admission.guards import fix_of_a_fix, own_or_bot, stale
from ferry.domain.admission.people import JiraActor, JiraPeople, SlackPeople

AT = "2026-11-21T12:34:56.000+00:00"
ANN = JiraActor("A1", "Ann", "atlassian")
ROBOT = JiraActor("R1", "Automation", "app")


@pytest.mark.parametrize(
    ("people", "actor", "reason"),
    [
        pytest.param(JiraPeople(), ANN, "", id="by default a person may"),
        pytest.param(JiraPeople(), JiraActor("A1"), "", id="an old payload without a type is a person's"),
        pytest.param(JiraPeople(), ROBOT, "is an app", id="by default no app may"),
        pytest.param(JiraPeople(), JiraActor("C1", "Cy", "customer"), "service desk", id="nor a portal's customer"),
        pytest.param(JiraPeople(allowed=frozenset({"R1"})), ROBOT, "", id="an app may when it is named"),
        pytest.param(JiraPeople(allowed=frozenset({"R1"})), ANN, "JiraTriggerers", id="then nobody else may"),
        pytest.param(JiraPeople("A1", frozenset({"A1"})), ANN, "own account", id="Ferry itself never, even if named"),
    ],
)
def test_who_may_trigger_in_jira(people: JiraPeople, actor: JiraActor, reason: str) -> None:
    refusal = people.refusal(actor)

    assert reason in refusal
    assert bool(refusal) == bool(reason)


def test_only_approvers_and_named_users_steer_in_slack() -> None:
    people = SlackPeople(frozenset({"U1"}), frozenset({"U2"}))

    assert [bool(people.refusal(user)) for user in ("U1", "U2", "U3", "")] == [False, False, True, True]


@pytest.mark.parametrize(
    ("login", "kind", "reason"),
    [
        ("ann", "User", ""),
        ("github-actions[bot]", "Bot", "is a bot"),
        ("renovate[bot]", "User", "is a bot"),
        ("Ferry-Bot", "User", "wrote this itself"),
    ],
)
def test_neither_ferry_nor_a_bot_asks(login: str, kind: str, reason: str) -> None:
    refusal = own_or_bot(login, kind, "ferry-bot")

    assert reason in refusal
    assert bool(refusal) == bool(reason)


def test_a_commit_that_is_not_the_head_any_more_is_stale() -> None:
    assert stale("a" * 40, "a" * 40) == stale("a" * 40, "") == ""
    assert stale("a" * 40, "b" * 40) == "aaaaaaa is not the head of the branch any more (bbbbbbb is)"


def test_what_a_fix_broke_starts_no_further_fix_by_itself() -> None:
    assert "own fix number 2" in fix_of_a_fix("a" * 40, "a" * 40, 2)
    assert fix_of_a_fix("a" * 40, "a" * 40, 0) == fix_of_a_fix("a" * 40, "b" * 40, 2) == ""


def test_a_start_counts_against_its_ticket_its_pull_request_and_the_hour() -> None:
    found = counters(Subject("FERRY-1", "acme/a", 7), Budget(1, 2, 3), AT)

    assert [(one.name, one.limit) for one in found] == [
        ("ticket:FERRY-1:2026-11-21", 1),
        ("pull:acme/a#7:2026-11-21", 2),
        ("hour:2026-11-21T12", 3),
    ]


@given(limit=st.integers(1, 5), names=st.lists(st.sampled_from("abcdefgh"), max_size=30))
def test_no_more_than_the_budget_ever_starts_however_deliveries_repeat(limit: int, names: list[str]) -> None:
    [counter] = counters(Subject(), Budget(hour=limit), AT)
    spent: set[str] = set()

    for name in names:
        if not overspent((counter,), {counter.name: spent}, name):
            spent.add(name)

    assert spent == set(list(dict.fromkeys(names))[:limit])
