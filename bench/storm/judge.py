"""What became of each trigger and of each delivery, read from the record and from the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bench.seeds import Seeds
from bench.storm.schedule import SHARES, Schedule, Trigger
from ferry.domain.approval import Decision
from ferry.domain.task import TaskStatus
from local.stack import Stack

DECISIONS = {str(Decision.APPROVED), str(Decision.REJECTED)}


@dataclass
class Verdict:
    """Of one source. receipts: by outcome; missing: deliveries without one; runs: what its triggers set off."""

    triggers: int = 0
    receipts: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)
    runs: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def fault(self) -> bool:
        return bool(self.missing or self.lost or self.doubled)


class Judge:
    def __init__(self, stack: Stack, seeds: Seeds, plan: Schedule) -> None:
        self._stack = stack
        self._seeds = seeds
        self._plan = plan
        self._machines = stack.info["state_machines"]

    def verdicts(self) -> dict[str, Verdict]:
        found = {source: Verdict() for source in SHARES}
        receipts = self._receipts()
        for delivery in sorted({sending.delivery for sending in self._plan.sendings}):
            verdict = found[delivery.partition(":")[0]]
            if delivery in receipts:
                verdict.receipts[receipts[delivery]] += 1
            else:
                verdict.missing.append(delivery)
        started = Counter(name.rpartition("-")[0] for name in self._executions())
        for trigger in self._plan.triggers:
            self._weigh(found[trigger.source], trigger, started, receipts)
        return found

    def _weigh(self, verdict: Verdict, trigger: Trigger, started: Counter[str], receipts: dict[str, str]) -> None:
        runs, wanted = self._runs(trigger, started, receipts), self._wanted(trigger)
        verdict.triggers += 1
        verdict.runs += runs
        if runs < wanted:
            verdict.lost.append(trigger.name)
        if runs > wanted:
            verdict.doubled.append(trigger.name)

    def _wanted(self, trigger: Trigger) -> int:
        """An alert sets off a run only where there is a machine for it."""
        # The storm's alerts are about errors that Sentry knows nothing of: a receipt each, and nothing may start.
        return int(trigger.source != "sentry")

    def _runs(self, trigger: Trigger, started: Counter[str], receipts: dict[str, str]) -> int:
        """Executions started, decisions that woke the machine, red commits that set it to mending, incidents begun."""
        match trigger.source:
            case "jira":
                return started[trigger.name]
            case "slack":
                return self._woken(trigger, DECISIONS, TaskStatus.AWAITING_APPROVAL)
            case "github":
                return self._woken(trigger, {"fixing_ci"}, TaskStatus.WATCHING_CI)
            case _:
                ids = {one.delivery for one in self._plan.sendings if one.trigger == trigger}
                return sum(receipts.get(id) == "started" for id in ids)

    def _woken(self, trigger: Trigger, kinds: set[str], waits: TaskStatus) -> int:
        """How often the timeline says that the machine went on; none while the task still waits."""
        id = f"{trigger.name}-seed"
        went_on = sum(event.kind in kinds for event in self._seeds.store.events(id))
        return 0 if self._seeds.store.task(id).status is waits else went_on

    def _receipts(self) -> dict[str, str]:
        pages = self._stack.clients("dynamodb").get_paginator("scan").paginate(TableName=self._stack.info["table"])
        items: Iterator[dict[str, Any]] = (item for page in pages for item in page["Items"])
        return {
            item["pk"]["S"].removeprefix("DELIVERY#"): item["outcome"]["S"]
            for item in items
            if item["sk"]["S"] == "RECEIPT" and "outcome" in item
        }

    def _executions(self) -> Iterator[str]:
        pages = self._stack.clients("stepfunctions").get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self._machines["delivery"]):
            yield from (execution["name"] for execution in page["executions"])
