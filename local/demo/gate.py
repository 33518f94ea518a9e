"""The human gate: a person at the terminal decides, or the demo does as the Slack user `approver` would."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rich.console import Console

from ferry.domain.plan import PlanRecord
from local.demo.peers import DemoError

SETTLE_SECONDS = 20.0
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """action: of the button in Slack; text: what is written beside it."""

    action: str
    text: str = ""


class Slack(Protocol):
    def can_click(self) -> bool: ...
    def click(self, message: str, action: str, feedback: str) -> str: ...
    def receipt(self, delivery: str) -> dict[str, Any] | None: ...


Decider = Callable[[PlanRecord], Choice]


class Gate:
    """feedback: sent back once with this text before anything is approved; decide: asked for every plan after that."""

    def __init__(self, slack: Slack, console: Console, decide: Decider, feedback: str = "") -> None:
        self._slack, self._console, self._decide, self._feedback = slack, console, decide, feedback
        self._seen: set[str] = set()

    def waits(self, story: Json) -> Json | None:
        """The open request that nobody was asked about yet, once its message is in Slack."""
        for approval in story["approvals"]:
            if approval["decision"] is None and approval["message_ref"] and approval["id"] not in self._seen:
                found: Json = approval
                return found
        return None

    def answer(self, approval: Json, record: PlanRecord) -> None:
        """DemoError when the decision was not taken."""
        self._seen.add(approval["id"])
        if not self._slack.can_click():
            self._say(f"Approve plan {record.revision} in Slack, or: python -m ferry approve {record.task_id}")
            return
        choice = self._choose(record)
        delivery = self._slack.click(approval["message_ref"], choice.action, choice.text)
        receipt = self._receipt(delivery)
        if receipt["outcome"] != "decided":
            raise DemoError(f"the decision was not taken: {receipt['reason']}")

    def _choose(self, record: PlanRecord) -> Choice:
        if self._feedback:
            text, self._feedback = self._feedback, ""
            return Choice("request_changes", text)
        return self._decide(record)

    def _receipt(self, delivery: str) -> Json:
        ends = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < ends:
            if receipt := self._slack.receipt(delivery):
                return receipt
            time.sleep(0.1)
        raise DemoError(f"no receipt for {delivery} after {SETTLE_SECONDS:.0f} s: is the queue's worker running?")

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True, markup=False, highlight=False)


def approve(_: PlanRecord) -> Choice:
    return Choice("approve")


def ask(console: Console, type_in: Callable[[str], str] = input) -> Decider:
    """Shows the plan and asks at the terminal until the answer is one of three."""

    def decide(record: PlanRecord) -> Choice:
        console.print(summary(record), soft_wrap=False, markup=False, highlight=False)
        while True:
            match type_in("Approve this plan? [y]es / [n]o / [c]hanges: ").strip().lower()[:1]:
                case "y":
                    return Choice("approve")
                case "n":
                    if text := type_in("Why not: ").strip():
                        return Choice("reject", text)
                case "c":
                    if text := type_in("What should change: ").strip():
                        return Choice("request_changes", text)

    return decide


def summary(record: PlanRecord) -> str:
    """What the person approves, in a screenful; Slack shows the whole."""
    plan = record.plan
    tasks = [f"  {task.id}  {task.repo}  {task.file}\n      {task.description}" for task in plan.tasks]
    asked = [f"You asked for: {record.feedback}", ""] if record.feedback else []
    return "\n".join(
        [
            "",
            f"Plan {record.revision}, digest {record.digest[:16]}",
            *asked,
            plan.summary,
            "",
            "Work, in this order, each with its test first:",
            *tasks,
            "",
            f"Out of scope: {'; '.join(plan.scope_out) or 'nothing was excluded'}",
            f"Risk {plan.risk}: {plan.risk_reason}",
            f"Merge order: {' → '.join(record.order)}; branch {record.branch}",
            f"It may spend up to ${record.budget_cents / 100:.2f} in all",
            "",
        ]
    )
