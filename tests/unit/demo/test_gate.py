"""The approval: by a person at the terminal, or as the Slack user `approver`."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from local.demo.gate import Choice, Gate, approve, ask, summary
from local.demo.peers import DemoError
from tests.unit.usecases.conftest import record

OPEN = {"id": "a", "decision": None, "message_ref": "C1:1.0", "revision": 1}


class Slack:
    def __init__(self, outcome: str = "decided", *, real: bool = False) -> None:
        self.clicks: list[tuple[str, str, str]] = []
        self._outcome, self._real = outcome, real

    def can_click(self) -> bool:
        return not self._real

    def click(self, message: str, action: str, feedback: str) -> str:
        self.clicks.append((message, action, feedback))
        return "slack:1"

    def receipt(self, delivery: str) -> dict[str, Any] | None:
        return {"outcome": self._outcome, "reason": "too late"}


def console() -> Console:
    return Console(file=io.StringIO(), width=100)


def test_without_a_person_the_plan_is_approved() -> None:
    slack = Slack()
    Gate(slack, console(), approve).answer(OPEN, record())

    assert slack.clicks == [("C1:1.0", "approve", "")]


def test_feedback_is_sent_once_and_the_revision_approved() -> None:
    slack = Slack()
    gate = Gate(slack, console(), approve, "name every limit")

    gate.answer(OPEN, record())
    gate.answer({**OPEN, "id": "b"}, record(2))

    assert [click[1:] for click in slack.clicks] == [("request_changes", "name every limit"), ("approve", "")]


def test_nobody_is_asked_before_the_message_is_there_nor_twice() -> None:
    gate = Gate(Slack(), console(), approve)
    unsent = {**OPEN, "message_ref": ""}
    decided = {**OPEN, "id": "c", "decision": "approved"}

    assert gate.waits({"approvals": [unsent, decided]}) is None
    assert gate.waits({"approvals": [OPEN]}) == OPEN
    gate.answer(OPEN, record())
    assert gate.waits({"approvals": [OPEN]}) is None


def test_a_decision_that_was_not_taken_stops_the_demo_with_the_reason() -> None:
    with pytest.raises(DemoError, match="too late"):
        Gate(Slack("ignored"), console(), approve).answer(OPEN, record())


def test_in_a_real_slack_the_demo_clicks_nothing() -> None:
    slack, shown = Slack(real=True), console()
    Gate(slack, shown, approve).answer(OPEN, record())

    assert slack.clicks == []
    assert "Approve plan 1 in Slack" in shown.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("typed", "choice"),
    [
        (["y"], Choice("approve")),
        (["", "maybe", "YES"], Choice("approve")),
        (["n", "too wide"], Choice("reject", "too wide")),
        (["c", "", "c", "name every limit"], Choice("request_changes", "name every limit")),
    ],
)
def test_a_person_is_asked_until_the_answer_is_clear(typed: list[str], choice: Choice) -> None:
    answers = iter(typed)

    assert ask(console(), lambda question: next(answers))(record()) == choice
    assert list(answers) == []


def test_the_summary_says_what_will_change_and_what_it_may_cost() -> None:
    said = summary(record())

    assert "T1  acme/pricing  src/tiers.py" in said
    assert "Out of scope: coupons" in said
    assert "$1.00" in said
