"""The delivery machine as a graph: lint sees none of this (facts/aws.md §11.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from cfnlint import core  # noqa: F401 - makes cfn-lint's rules importable
from cfnlint.api import ManualArgs, lint

from ferry.domain import errors
from ferry.usecases.sweep import MENDS
from tests.template import ROOT, resources

SOURCES = {path.name: path for path in (ROOT / "statemachines").glob("*.asl.yaml")}
AWS_ERRORS = re.compile(r"^(States|Lambda|Sandbox|Runtime)\.")
Machine = dict[str, Any]


@pytest.fixture(params=sorted(SOURCES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(name: str) -> str:
    return SOURCES[name].read_text()


@pytest.fixture
def machine(source: str) -> Machine:
    return substituted(source)


def substituted(source: str) -> Machine:
    text = re.sub(r"\$\{(\w+(?:Seconds|Fixes|Revisions|Confidence))\}", "5", source)
    loaded = yaml.safe_load(re.sub(r"\$\{(\w+)\}", r"arn:aws:lambda:us-east-1:123456789012:function:\1", text))
    assert isinstance(loaded, dict)
    return loaded


def machines(machine: Machine) -> Iterator[Machine]:
    """The machine and those inside its maps."""
    yield machine
    for state in machine["States"].values():
        if state["Type"] == "Map":
            yield from machines(state["ItemProcessor"])


def states(machine: Machine) -> Iterator[tuple[str, Machine]]:
    for one in machines(machine):
        yield from one["States"].items()


def tasks(machine: Machine) -> Iterator[tuple[str, Machine]]:
    return ((name, state) for name, state in states(machine) if state["Type"] == "Task")


def targets(state: Machine) -> set[str]:
    ways = [state.get("Next"), state.get("Default")]
    ways += [choice.get("Next") for choice in (*state.get("Choices", ()), *state.get("Catch", ()))]
    return {way for way in ways if way}


def test_the_schema_holds(machine: Machine) -> None:
    template = {
        "Resources": {
            "M": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"RoleArn": "arn:aws:iam::123456789012:role/r", "Definition": machine},
            }
        }
    }

    found = lint(yaml.safe_dump(template), config=ManualArgs(regions=["us-east-1"]))

    assert [str(match) for match in found] == []


def test_every_way_leads_to_a_state_and_every_state_is_reached(machine: Machine) -> None:
    for one in machines(machine):
        reached, ahead = set(), {one["StartAt"]}
        while ahead:
            state = ahead.pop()
            reached.add(state)
            ahead |= targets(one["States"][state]) - reached
        assert reached == set(one["States"])


def test_every_task_ends_in_time_and_every_error_has_a_way(machine: Machine) -> None:
    for name, state in tasks(machine):
        assert {"TimeoutSeconds", "TimeoutSecondsPath"} & set(state), name
        assert any(catch["ErrorEquals"] == ["States.ALL"] for catch in state["Catch"]), name


def test_all_tasks_retry_alike_and_with_jitter(machine: Machine) -> None:
    policies = [state["Retry"] for _, state in tasks(machine)]

    assert all(policy == policies[0] for policy in policies)
    assert all(rule["JitterStrategy"] == "FULL" for rule in policies[0])


def test_every_error_name_exists(machine: Machine) -> None:
    rules = [rule for _, state in states(machine) for rule in (*state.get("Retry", ()), *state.get("Catch", ()))]
    named = {name for rule in rules for name in rule["ErrorEquals"] if not AWS_ERRORS.match(name)}

    assert named
    assert all(issubclass(getattr(errors, name), errors.FerryError) for name in named)


def test_exactly_the_transient_errors_are_retried(machine: Machine) -> None:
    leaves = {error.__name__ for error in errors.TransientError.__subclasses__()}

    for name, state in tasks(machine):
        retried = {error for rule in state["Retry"] for error in rule["ErrorEquals"] if not AWS_ERRORS.match(error)}
        assert retried == leaves, name


def test_whoever_waits_hands_over_its_token_and_an_agent_beats(machine: Machine) -> None:
    waiting = [state for _, state in tasks(machine) if state["Resource"].endswith("waitForTaskToken")]

    for state in waiting:
        payload = state["Parameters"]["Payload"]
        assert payload["token.$"] == "$$.Task.Token"
        assert ("agent" in payload) == ("HeartbeatSeconds" in state)


def test_every_choice_has_a_default(machine: Machine) -> None:
    assert all("Default" in state for _, state in states(machine) if state["Type"] == "Choice")


def test_no_anchor_is_left_to_a_parser_that_may_not_know_it(source: str) -> None:
    assert not re.search(r"[:\-]\s+[&*]\w+", source)


def test_every_substitution_is_given_and_used(name: str, source: str) -> None:
    [given] = [
        properties["DefinitionSubstitutions"]
        for properties in resources("AWS::Serverless::StateMachine").values()
        if properties["DefinitionUri"].endswith(name)
    ]

    assert set(re.findall(r"\$\{(\w+)\}", source)) == set(given)


def test_some_machine_waits_by_token() -> None:
    machines = [substituted(path.read_text()) for path in SOURCES.values()]

    assert any(state["Resource"].endswith("waitForTaskToken") for one in machines for _, state in tasks(one))


def test_the_sweep_does_every_mend_there_is() -> None:
    sweep = substituted(SOURCES["sweep.asl.yaml"].read_text())

    assert sweep["States"]["Mends"]["Parameters"]["mends"] == list(MENDS)
