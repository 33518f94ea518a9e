"""From a recorded timeline (a whole run with one plan sent back and one red CI) to what a reader sees."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.demo.show import LineView, view
from local.demo.split import split
from local.demo.steps import Run, State, Step, walk
from local.demo.story import tree

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "recorded.json").read_text())
BEGUN = datetime(2026, 11, 21, 10, 55, 21, 800000, tzinfo=UTC)
ENDED = datetime(2026, 11, 21, 10, 56, 7, 259000, tzinfo=UTC)
EVENTS = RECORDED["timeline"]


def run(repo: str, sha: str, began: int, took: int, conclusion: str = "success", *failing: str) -> Run:
    at = datetime(2026, 11, 21, 10, 55, tzinfo=UTC) + timedelta(seconds=began)
    return Run(repo, sha + "0" * 33, at, "http://ci", conclusion, at + timedelta(seconds=took), failing)


RUNS = [
    run("acme/pricing", "7c3acf4", 42, 2),
    run("acme/checkout", "c754d86", 57, 3, "failure", "Format"),
    run("acme/checkout", "e7758fe", 63, 3),
]


def until(count: int, status: str) -> dict[str, Any]:
    """The story as it was after `count` lines."""
    return {**RECORDED, "timeline": EVENTS[:count], "task": {**RECORDED["task"], "status": status}}


def kinds_until(kind: str) -> int:
    return next(place for place, event in enumerate(EVENTS, 1) if event["kind"] == kind)


def named(steps: list[Step], *names: str) -> Step:
    for name in names:
        step = next(step for step in steps if step.name == name)
        steps = step.children
    return step


def printed(*stories: Mapping[str, Any], runs: list[Run] | None = None) -> list[str]:
    out = io.StringIO()
    lines = LineView(Console(file=out, width=200))
    for story in stories:
        lines.show(tree(story, RUNS if runs is None else runs, BEGUN), ENDED)
    return out.getvalue().splitlines()


def test_the_steps_come_in_the_order_of_the_journey() -> None:
    steps = tree(RECORDED, RUNS, BEGUN)

    assert [step.name for step in steps] == [
        "Receive", "Discover", "Plan", "Approval", "Plan", "Approval", "Execute", "CI", "Report",
    ]  # fmt: skip
    assert all(step.state is not State.RUNNING and step.ended for step in walk(steps))


def test_a_decision_written_after_the_next_step_began_still_belongs_to_its_request() -> None:
    """The recording has `executing` before `approved`: the machine is woken before the line is written."""
    approvals = [step for step in tree(RECORDED, RUNS, BEGUN) if step.name == "Approval"]

    assert [step.note for step in approvals] == [
        "plan 1 sent back by UAPPROVER1: Name every limit",
        "plan 2 approved by UAPPROVER1",
    ]


def test_the_red_run_and_its_fix_are_visible() -> None:
    checkout = named(tree(RECORDED, RUNS, BEGUN), "CI", "acme/checkout")

    assert [(step.name, step.state) for step in checkout.children] == [
        ("run of c754d86", State.FAILED),
        ("fix 1", State.DONE),
        ("run of e7758fe", State.DONE),
    ]
    assert checkout.children[0].note == "red at: Format"
    assert "formatted it with ruff" in checkout.children[1].note
    assert checkout.state is State.DONE


def test_a_fix_dispatched_before_the_red_line_was_written_changes_nothing() -> None:
    late = [*EVENTS]
    red = kinds_until("ci failed") - 1
    late[red], late[red + 1] = late[red + 1], late[red]

    swapped = named(tree({**RECORDED, "timeline": late}, RUNS, BEGUN), "CI", "acme/checkout")

    assert [step.name for step in swapped.children] == ["run of c754d86", "fix 1", "run of e7758fe"]


def test_an_end_written_before_the_last_green_line_opens_no_second_ci() -> None:
    late = [*EVENTS[:-2], EVENTS[-1], EVENTS[-2]]

    names = [step.name for step in tree({**RECORDED, "timeline": late}, RUNS, BEGUN)]

    assert names.count("CI") == 1


def test_a_runs_time_is_githubs_not_ours() -> None:
    steps = tree(RECORDED, RUNS, BEGUN)

    assert named(steps, "CI", "acme/pricing", "run of 7c3acf4").seconds(ENDED) == 2.0


def test_without_runs_the_timeline_alone_gives_the_same_steps() -> None:
    with_runs, without = tree(RECORDED, RUNS, BEGUN), tree(RECORDED, [], BEGUN)

    assert [step.name for step in walk(with_runs)] == [step.name for step in walk(without)]


def test_an_open_approval_waits() -> None:
    steps = tree(until(kinds_until("approval requested"), "awaiting_approval"), [], BEGUN)

    assert steps[-1].state is State.WAITING
    assert steps[-1].open


def test_ci_that_is_awaited_is_shown_before_it_has_a_result() -> None:
    story = until(kinds_until("ci passed") - 1, "watching_ci")
    story["pull_requests"] = [{**pull, "ci": "pending"} for pull in RECORDED["pull_requests"]]

    ci = named(tree(story, RUNS, BEGUN), "CI")

    assert [(step.name, step.open) for step in ci.children] == [("acme/pricing", True), ("acme/checkout", True)]


@pytest.mark.parametrize(("kind", "step"), [("planning", "Plan"), ("executing", "Execute")])
def test_a_failure_marks_the_step_that_it_stopped(kind: str, step: str) -> None:
    story = until(kinds_until(kind), "failed")
    failure = {"at": EVENTS[-1]["at"], "kind": "failed", "detail": "ModelRefused: it declined"}
    story["timeline"] = [*story["timeline"], failure]

    steps = tree(story, [], BEGUN)

    assert steps[-2].name == step
    assert steps[-2].state is State.FAILED
    assert "ModelRefused" in steps[-2].note


def test_a_rejection_is_an_end_without_a_broken_step() -> None:
    at = EVENTS[kinds_until("approval requested")]["at"]
    said = [{"at": at, "kind": "rejected", "detail": "by U1: no"}, {"at": at, "kind": "rejected", "detail": "no"}]
    story = until(kinds_until("approval requested"), "rejected")
    story["timeline"] = [*story["timeline"], *said]

    *_, approval, report = tree(story, [], BEGUN)

    assert approval.note == "plan 1 rejected by U1: no"
    assert report.note == "rejected: no"


def test_lines_are_printed_once_however_often_the_record_is_looked_at() -> None:
    looks = [until(count, "executing") for count in range(1, len(EVENTS))]

    often = printed(*looks, *looks, RECORDED, RECORDED)

    assert len(often) == len(set(often))
    assert sorted(line for line in often if " ✓ " in line or line.startswith("✓")) == sorted(
        line for line in printed(RECORDED) if " ✓ " in line or line.startswith("✓")
    )


def test_lines_carry_no_terminal_codes_and_name_the_repository() -> None:
    lines = printed(RECORDED)

    assert not any("\x1b" in line for line in lines)
    assert any(line.startswith("  ✗ acme/checkout run of c754d86") and "red at: Format" in line for line in lines)
    assert lines[-1].startswith("✓ Report")


def test_a_pipe_gets_lines() -> None:
    assert isinstance(view(Console(file=io.StringIO())), LineView)


def test_the_parts_of_the_time_make_the_whole() -> None:
    parts = split(tree(RECORDED, RUNS, BEGUN), BEGUN, ENDED)

    assert parts.total == pytest.approx(45.459)
    assert parts.ci == pytest.approx(8.0)
    assert 0 < parts.ferry < 10
    assert parts.agents + parts.person + parts.ferry <= parts.total
    assert parts.agents + parts.ci + parts.person + parts.ferry >= parts.total


def test_people_are_shown_by_their_names_as_slack_shows_them() -> None:
    story = until(kinds_until("approval requested"), "planning")
    at = EVENTS[kinds_until("approval requested")]["at"]
    story["timeline"] = [*story["timeline"], {"at": at, "kind": "approved", "detail": "by slack:U1: no reason given"}]

    approval = named(tree(story, [], BEGUN, {"U1": "@ann"}.__getitem__), "Approval")

    assert approval.note == "plan 1 approved by @ann"


@pytest.mark.parametrize(
    ("kind", "detail", "note"),
    [
        ("repository chosen", "by slack:U1: acme/pricing", "chosen by @ann: acme/pricing"),
        ("no repository chosen", "by slack:U1: none of these", "no repository chosen by @ann: none of these"),
    ],
)
def test_a_question_about_the_repository_is_a_step_that_waits_for_a_person(kind: str, detail: str, note: str) -> None:
    asked = {"at": EVENTS[1]["at"], "kind": "repository asked", "detail": "44% sure of acme/pricing"}
    story = until(2, "awaiting_choice")
    story["timeline"] = [*story["timeline"], asked]
    waiting = named(tree(story, [], BEGUN), "Repository")
    assert (waiting.state, waiting.kind) == (State.WAITING, "person")

    story["timeline"] = [*story["timeline"], {**asked, "kind": kind, "detail": detail}]

    chosen = named(tree(story, [], BEGUN, {"U1": "@ann"}.__getitem__), "Repository")
    assert (chosen.state, chosen.note) == (State.DONE, note)
