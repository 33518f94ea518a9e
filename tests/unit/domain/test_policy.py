"""The policy as it is written: what is refused says the field, the shape and the remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.errors import InvalidSettings
from ferry.domain.policy import Policy, parse_policy, read_policy

ANN_AND_BOB = ["slack:UANN", "slack:UBOB"]


def given(**fields: Any) -> str:
    return json.dumps({"approvers": ANN_AND_BOB, **fields})


def test_without_a_policy_one_of_the_approvers_decides() -> None:
    policy = read_policy("", ["U1", "U2"])

    assert policy.approvers == ("slack:U1", "slack:U2")
    assert (policy.quorum, policy.requester_may_approve, policy.operators) == (1, True, True)
    assert policy.channels == ("slack",)
    assert [(step.at, step.who) for step in policy.escalation] == [(0.75, ())]
    assert policy.remind_at == 0.5


def test_a_policy_that_names_nobody_leaves_it_to_the_approvers_setting() -> None:
    assert read_policy('{"quorum": 2}', ["U1", "U2"]).approvers == ("slack:U1", "slack:U2")


def test_names_at_github_are_the_same_in_any_case() -> None:
    policy = parse_policy(given(approvers=["github:Ann", "github-team:Acme/Leads"]))

    assert policy.approvers == ("github:ann", "github-team:acme/leads")


RULE = {"name": "pay", "paths": ["src/pay/**"], "quorum": 2}
HOURS = {"zone": "Europe/Berlin", "days": ["mon"], "from": "09:00", "to": "17:00"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "APPROVAL_POLICY: is not JSON"),
        ("[]", "must be an object"),
        ("{}", "approvers: are none; name at least one, as slack:U…"),
        (given(quorom=2), "quorom: is no field there; there are approvers, quorum, "),
        (given(rules=[{**RULE, "path": "x"}]), "rules.0.path: is no field there; there are name, paths, "),
        (
            given(working_hours={**HOURS, "until": "1"}),
            "working_hours.until: is no field there; there are zone, days, ",
        ),
        (given(approvers=["UANN"]), "approvers.0: 'UANN' names nobody; write one of slack:U…, jira:<account id>"),
        (given(approvers=["slack:ann"]), "approvers.0: 'slack:ann' names nobody"),
        (given(people={"ann": ["slack-group:S1"]}), "people.ann.0: 'slack-group:S1' names nobody"),
        (given(quorum=3), "quorum: 3 can never be reached by 2 named approvers; name more, or a group"),
        (given(quorum=0), "quorum: Input should be greater than or equal to 1"),
        (given(rules=[{**RULE, "approvers": ["slack:U1"]}]), "rules.pay.quorum: 2 can never be reached by 1"),
        (given(rules=[RULE, RULE]), "rules: the name 'pay' is used twice"),
        (given(rules=[{"name": "pay", "quorum": 2}]), "rules.pay: never applies; give it one of paths, repositories"),
        (given(rules=[{"name": "pay", "paths": ["*"]}]), "rules.pay: asks for nothing; give it quorum, approvers"),
        (given(rules=[{**RULE, "risk": "huge"}]), "rules.0.risk: Input should be 'low', 'medium' or 'high'"),
        (given(working_hours={**HOURS, "zone": "Europe/Atlantis"}), "working_hours.zone: 'Europe/Atlantis' is no time"),
        (given(working_hours={**HOURS, "zone": "Europe"}), "working_hours.zone: 'Europe' is no time zone"),
        (given(working_hours={**HOURS, "zone": "../etc"}), "is no time zone; write a name of the IANA list"),
        (given(working_hours={**HOURS, "days": ["monday"]}), "working_hours.days.0: Input should be 'mon', 'tue'"),
        (given(working_hours={**HOURS, "to": "08:00"}), "working_hours: from must be before to on the same day"),
        (given(escalation=[{"who": ["slack:U1"]}]), "escalation.0: give either at"),
        (given(escalation=[{"at": 1.5}]), "escalation.0.at: Input should be less than 1"),
        (given(channels=["mail"]), "channels.0: Input should be 'slack', 'jira' or 'github'"),
        (given(channels=[]), "channels: "),
        (
            given(people={"ann": ["slack:UANN"], "bea": ["slack:UANN"]}),
            "people: slack:UANN belongs to 2 people; a key is one person's",
        ),
        (
            given(people={"ann": ["slack:UANN", "github:ann"]}, approvers=["slack:UANN", "github:Ann"], quorum=2),
            "quorum: 2 can never be reached by 1 named approvers",
        ),
    ],
)
def test_a_fault_names_the_field_the_shape_and_the_remedy(text: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        read_policy(text, [])

    assert said in str(refused.value)
    assert 'docs/configuration.md, "Approval policy"' in str(refused.value)


def handed(*pairs: str) -> list[dict[str, str]]:
    ends = "2026-12-24T00:00:00+01:00"
    return [{"from": f"slack:U{pair[0]}", "to": f"slack:U{pair[1]}", "until": ends} for pair in pairs]


@pytest.mark.parametrize("circle", [("AA",), ("AB", "BA"), ("AB", "BC", "CA")])
def test_delegation_in_a_circle_is_refused(circle: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings, match="is a circle|is one person"):
        parse_policy(given(delegation=handed(*circle)))


def test_a_circle_is_seen_through_a_persons_other_keys() -> None:
    people = {"ann": ["slack:UA", "github:ann"]}
    ends = "2026-12-24T00:00:00Z"
    back = {"from": "slack:UB", "to": "github:ANN", "until": ends}

    with pytest.raises(InvalidSettings, match="is a circle"):
        parse_policy(given(people=people, delegation=[*handed("AB"), back]))


def test_an_end_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidSettings, match=r"delegation\.0\.until: .*timezone"):
        parse_policy(given(delegation=[{"from": "slack:UA", "to": "slack:UB", "until": "2026-12-24T00:00:00"}]))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InvalidSettings, match=r"quorum: .*; rules.pay: never applies"):
        parse_policy(given(quorum=9, rules=[{"name": "pay", "quorum": 2}]))


def test_a_group_may_be_large_enough_for_any_quorum() -> None:
    assert parse_policy(given(approvers=["slack-group:S1"], quorum=5)).quorum == 5


def test_a_policy_survives_being_stored() -> None:
    policy = parse_policy(given(delegation=handed("AB"), working_hours=HOURS, rules=[RULE]))

    assert Policy.read(policy.model_dump_json(by_alias=True), "policy") == policy
