"""What the policy answers, whatever it says and whoever votes: properties first, then single cases in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.discovery import Level
from ferry.domain.policy import Delegation, Groups, Matter, Policy, Rule, applying, evaluate, may

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NAMES = "abcde"
TEAM, LOST = "slack-group:STEAM", "slack-group:SLOST"
PEOPLE = {name: (f"slack:U{name.upper()}", f"jira:{name}", f"github:{name}") for name in NAMES}
KEYS = [key for keys in PEOPLE.values() for key in keys]
SLACK = [keys[0] for keys in PEOPLE.values()]
STRANGERS = ["slack:UX", "jira:x", "github:x"]
fast = settings(max_examples=200, deadline=None, database=None)


def matter(**changes: Any) -> Matter:
    known: dict[str, Any] = {
        "requester": "jira:a",
        "repositories": ("acme/pricing",),
        "paths": ("src/pay/card.py",),
        "risk": Level.MEDIUM,
        "ceiling_cents": 1000,
        "complexity": Level.LOW,
    }
    return Matter(**{**known, **changes})


who = st.lists(st.sampled_from([*KEYS, TEAM, LOST]), min_size=1, max_size=4, unique=True).map(tuple)
counts = st.integers(1, 4)
rules = st.builds(
    Rule,
    name=st.sampled_from(["pay", "money"]),
    risk=st.sampled_from(list(Level)),
    quorum=st.none() | counts,
    approvers=st.just(()) | who,
)


@st.composite
def delegations(draw: st.DrawFn) -> tuple[Delegation, ...]:
    """From an earlier letter to a later one, so that there is no circle; some are over."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=3))
    hours = draw(st.lists(st.integers(-2, 2), min_size=3, max_size=3))
    return tuple(
        Delegation(**{"from": f"slack:U{min(pair).upper()}", "to": f"slack:U{max(pair).upper()}"}, until=until)  # type: ignore[arg-type]
        for pair, until in zip(pairs, (NOW + timedelta(hours=n) for n in hours), strict=False)
        if pair[0] != pair[1]
    )


policies = st.builds(
    Policy,
    approvers=who,
    quorum=counts,
    requester_may_approve=st.booleans(),
    people=st.just(PEOPLE) | st.just({}),
    rules=st.lists(rules, max_size=2).map(tuple),
    delegation=delegations(),
    channels=st.lists(st.sampled_from(["slack", "jira", "github"]), min_size=1, unique=True).map(tuple),
    operators=st.booleans(),
)
voters = st.lists(st.sampled_from([*KEYS, *STRANGERS, "operator:root"]), max_size=6)
groups = st.builds(
    lambda members: Groups({TEAM: frozenset(members)}, {LOST: "403"}), st.lists(st.sampled_from(SLACK), max_size=3)
)


@fast
@given(policies, rules, voters, groups)
def test_one_rule_more_never_makes_approval_easier(policy: Policy, rule: Rule, votes: list[str], known: Groups) -> None:
    stricter = policy.model_copy(update={"rules": (*policy.rules, rule)})

    if evaluate(stricter, matter(), votes, known, NOW).satisfied:
        assert evaluate(policy, matter(), votes, known, NOW).satisfied


@fast
@given(policies, voters, groups)
def test_who_may_not_decide_never_counts_and_changes_nothing(policy: Policy, votes: list[str], known: Groups) -> None:
    verdict = evaluate(policy, matter(), votes, known, NOW)
    allowed = [key for key in votes if not may(policy, key, matter(), known, NOW)]

    assert set(verdict.counts) <= set(allowed)
    assert evaluate(policy, matter(), allowed, known, NOW).satisfied == verdict.satisfied


@fast
@given(policies, voters, groups, st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(policy: Policy, votes: list[str], known: Groups, by: Any) -> None:
    mixed = list(votes)
    by.shuffle(mixed)

    assert evaluate(policy, matter(), mixed, known, NOW) == evaluate(policy, matter(), votes, known, NOW)


@fast
@given(policies, voters, st.sampled_from(KEYS), groups)
def test_one_vote_more_never_takes_an_approval_away(policy: Policy, votes: list[str], more: str, known: Groups) -> None:
    if evaluate(policy, matter(), votes, known, NOW).satisfied:
        assert evaluate(policy, matter(), [*votes, more], known, NOW).satisfied


@fast
@given(policies, voters, groups)
def test_the_requester_never_counts_under_any_key_nor_through_anybody(
    policy: Policy, votes: list[str], known: Groups
) -> None:
    strict = policy.model_copy(update={"requester_may_approve": False, "people": PEOPLE})

    verdict = evaluate(strict, matter(requester="jira:a"), votes, known, NOW)

    assert not set(verdict.counts) & set(PEOPLE["a"])
    # Without the requester among the approvers and in no group nothing is different.
    alone = [key for key in strict.approvers if key not in PEOPLE["a"]]
    others = strict.model_copy(
        update={
            "approvers": tuple(alone) or (LOST,),
            "rules": tuple(
                rule.model_copy(
                    update={"approvers": tuple(k for k in rule.approvers if k not in PEOPLE["a"]) or (LOST,)}
                )
                if rule.approvers
                else rule
                for rule in strict.rules
            ),
        }
    )
    fewer = Groups({TEAM: known.members[TEAM] - set(PEOPLE["a"])}, known.unread)
    assert evaluate(others, matter(requester="jira:a"), votes, fewer, NOW).satisfied == verdict.satisfied


@fast
@given(policies, voters, groups, st.sampled_from(["a", "unknown"]))
def test_where_nobody_can_tell_who_asked_nobody_counts(
    policy: Policy, votes: list[str], known: Groups, account: str
) -> None:
    blind = policy.model_copy(update={"requester_may_approve": False, "people": {}})

    counts = evaluate(blind, matter(requester=f"jira:{account}"), votes, known, NOW).counts

    assert all(key.startswith("jira:") and key != f"jira:{account}" for key in counts)


@fast
@given(policies, voters, groups)
def test_a_delegation_that_is_over_is_as_none(policy: Policy, votes: list[str], known: Groups) -> None:
    later = NOW + timedelta(hours=2)
    without = policy.model_copy(update={"delegation": ()})

    assert evaluate(policy, matter(), votes, known, later) == evaluate(without, matter(), votes, known, later)


@fast
@given(policies, voters, groups)
def test_a_group_that_cannot_be_read_helps_nobody(policy: Policy, votes: list[str], known: Groups) -> None:
    unread = Groups({}, {TEAM: "403", LOST: "403"})
    empty = Groups({TEAM: frozenset(), LOST: frozenset()})

    assert evaluate(policy, matter(), votes, unread, NOW).needs == evaluate(policy, matter(), votes, empty, NOW).needs


@fast
@given(policies, voters, groups)
def test_nobody_counts_twice_by_voting_under_two_keys(policy: Policy, votes: list[str], known: Groups) -> None:
    known_people = policy.model_copy(update={"people": PEOPLE, "operators": False})

    verdict = evaluate(known_people, matter(), votes, known, NOW)

    people = {known_people.identity(key) for key in votes}
    assert all(len(need.by) <= len(people) for need in verdict.needs)
    assert all(len({known_people.identity(key) for key in need.by}) == len(need.by) for need in verdict.needs)


NONE = Groups()


def simple(**fields: Any) -> Policy:
    return Policy.model_validate({"approvers": ["slack:UA", "slack:UB"], "people": PEOPLE, **fields})


def handed(start: str, end: str, hours: int = 1) -> dict[str, object]:
    return {"from": f"slack:U{start}", "to": f"slack:U{end}", "until": NOW + timedelta(hours=hours)}


def test_two_approvals_are_counted_in_words() -> None:
    policy = simple(quorum=2)

    first = evaluate(policy, matter(), ["slack:UA"], NONE, NOW)
    both = evaluate(policy, matter(), ["slack:UA", "slack:UB"], NONE, NOW)

    assert not first.satisfied
    assert first.words == "1 of 2 approvals: slack:UA; 1 more needed of slack:UA, slack:UB"
    assert both.satisfied
    assert both.words == "2 of 2 approvals: slack:UA, slack:UB"


def test_a_rule_asks_for_its_own_people_beside_the_policys() -> None:
    policy = simple(rules=[{"name": "pay", "paths": ["src/pay/**"], "approvers": ["slack:UC"]}])

    assert not evaluate(policy, matter(), ["slack:UA"], NONE, NOW).satisfied
    assert not evaluate(policy, matter(), ["slack:UC"], NONE, NOW).satisfied
    both = evaluate(policy, matter(), ["slack:UC", "slack:UA"], NONE, NOW)
    assert both.satisfied
    assert both.words == "1 of 1 approvals: slack:UA; rule pay: 1 of 1 approvals: slack:UC"


def test_who_stands_in_for_somebody_counts_in_their_place_alone() -> None:
    policy = simple(quorum=2, delegation=[handed("A", "C"), handed("A", "D")])

    assert not evaluate(policy, matter(), ["slack:UC", "slack:UD"], NONE, NOW).satisfied
    assert not evaluate(policy, matter(), ["slack:UC", "slack:UA"], NONE, NOW).satisfied
    assert evaluate(policy, matter(), ["slack:UC", "slack:UB"], NONE, NOW).satisfied


def test_an_approver_who_also_stands_in_leaves_the_place_that_another_needs() -> None:
    """B may sit on A's place and on their own; C on A's alone."""
    policy = simple(quorum=2, delegation=[handed("A", "B"), handed("A", "C")])

    assert evaluate(policy, matter(), ["slack:UB", "slack:UC"], NONE, NOW).satisfied
    assert not evaluate(policy, matter(), ["slack:UB"], NONE, NOW).satisfied


def test_what_was_handed_on_is_handed_on_further_and_ends_with_the_first() -> None:
    policy = simple(quorum=1, delegation=[handed("A", "D", 1), handed("D", "E", 5)])

    assert evaluate(policy, matter(), ["slack:UE"], NONE, NOW).satisfied
    assert not evaluate(policy, matter(), ["slack:UE"], NONE, NOW + timedelta(hours=1)).satisfied


def test_the_requester_hands_their_place_to_nobody() -> None:
    policy = simple(requester_may_approve=False, delegation=[handed("A", "D")])

    assert "not among those" in may(policy, "slack:UD", matter(), NONE, NOW)


def test_the_requester_may_still_say_no() -> None:
    policy = simple(requester_may_approve=False)

    assert "you asked for this task" in may(policy, "slack:UA", matter(), NONE, NOW)
    assert may(policy, "slack:UA", matter(), NONE, NOW, approving=False) == ""


def test_a_requester_whom_nobody_can_recognise_stops_approvals_and_the_reason_says_what_to_do() -> None:
    policy = simple(requester_may_approve=False, people={})

    said = may(policy, "slack:UB", matter(requester="jira:a"), NONE, NOW)

    assert "list all keys of jira:a" in said
    assert "`people`" in said


def test_an_operator_counts_as_the_whole_quorum_unless_the_policy_says_no() -> None:
    strict = {"quorum": 2, "rules": [{"name": "pay", "risk": "low", "approvers": ["slack:UC"]}]}

    allowed = evaluate(simple(**strict), matter(), ["operator:root"], NONE, NOW)
    refused = evaluate(simple(**strict, operators=False), matter(), ["operator:root"], NONE, NOW)

    assert allowed.satisfied
    assert allowed.words == "operator:root decides as an operator"
    assert not refused.satisfied
    assert "operators: false" in refused.refused["operator:root"]


def test_a_group_that_could_not_be_read_is_named_with_the_reason() -> None:
    said = may(simple(approvers=[LOST]), "slack:UA", matter(), Groups({}, {LOST: "missing_scope"}), NOW)

    assert said == (
        "you are not among those who may approve here, as far as known: who is in slack-group:SLOST could not be read:"
        " missing_scope"
    )


def test_a_channel_that_takes_no_decisions_says_so() -> None:
    assert "not taken in Jira here" in may(simple(), "jira:a", matter(), NONE, NOW)
    assert may(simple(channels=["jira"]), "jira:a", matter(), NONE, NOW) == ""


@pytest.mark.parametrize(
    ("condition", "applies"),
    [
        ({"paths": ["src/pay/*"]}, True),
        ({"paths": ["src/"]}, True),
        ({"paths": ["SRC/**/card.py"]}, True),
        ({"paths": ["src/pay/**/card.py"]}, True),
        ({"paths": ["pay/*"]}, False),
        ({"repositories": ["acme/*"]}, True),
        ({"repositories": ["pricing"]}, True),
        ({"repositories": ["acme/check*"]}, False),
        ({"risk": "medium"}, True),
        ({"risk": "high"}, False),
        ({"complexity": "medium"}, False),
        ({"ceiling_cents": 1000}, True),
        ({"ceiling_cents": 1001}, False),
        ({"paths": ["none"], "risk": "low"}, True),
    ],
)
def test_a_rule_applies_when_any_of_its_conditions_holds(condition: dict[str, object], applies: bool) -> None:
    policy = simple(rules=[{"name": "pay", "quorum": 2, **condition}])

    assert bool(applying(policy, matter())) is applies


@pytest.mark.parametrize(
    ("estimate", "applies"),
    [({"cost_cents": None}, True), ({"cost_cents": 400}, True), ({"cost_cents": 399}, False)],
)
def test_a_cost_that_nobody_estimated_counts_as_the_ceiling(estimate: dict[str, Any], applies: bool) -> None:
    policy = simple(rules=[{"name": "dear", "quorum": 2, "cost_cents": 400}])

    assert bool(applying(policy, matter(**estimate))) is applies


def test_a_complexity_that_nobody_estimated_counts_as_high() -> None:
    policy = simple(rules=[{"name": "hard", "quorum": 2, "complexity": "high"}])

    assert applying(policy, matter(complexity=None))
    assert not applying(policy, matter())
