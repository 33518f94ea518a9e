"""What became of each trigger and of each delivery, read from the record and from the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.seeds import Seeds
from bench.storm.incidents import Incidents
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
    """errors: Sentry's id of each alert's error, by the trigger's name."""

    def __init__(self, stack: Stack, seeds: Seeds, plan: Schedule, errors: Mapping[str, str]) -> None:
        self._stack = stack
        self._seeds = seeds
        self._plan = plan
        self._incidents = Incidents(stack.info, seeds.store, errors)

    def verdicts(self) -> dict[str, Verdict]:
        found = {source: Verdict() for source in SHARES}
        receipts = self._receipts()
        for delivery in sorted({sending.delivery for sending in self._plan.sendings}):
            verdict = found[delivery.partition(":")[0]]
            if delivery in receipts:
                verdict.receipts[receipts[delivery]] += 1
            else:
                verdict.missing.append(delivery)
        deliveries, incidents = self._executions("delivery"), self._executions("incident")
        for trigger in self._plan.triggers:
            self._weigh(found[trigger.source], trigger, self._effects(trigger, deliveries, incidents))
        return found

    def swept(self) -> Counter[str]:
        """Receipts of what the sweeps sent, by outcome."""
        return Counter(outcome for name, outcome in self._receipts().items() if name.startswith("sweep:"))

    def _weigh(self, verdict: Verdict, trigger: Trigger, effects: tuple[int, ...]) -> None:
        """Every effect must be there once; a run with a part missing is none."""
        verdict.triggers += 1
        verdict.runs += max(effects) if all(effects) else 0
        if not all(effects):
            verdict.lost.append(trigger.name)
        if max(effects) > 1:
            verdict.doubled.append(trigger.name)

    def _effects(self, trigger: Trigger, deliveries: Counter[str], incidents: Counter[str]) -> tuple[int, ...]:
        """Executions started, decisions that woke the machine, red commits that set it to mending; of an alert the
        incident's executions, its tickets in Jira, and the executions that those tickets started."""
        match trigger.source:
            case "jira":
                return (deliveries[trigger.name],)
            case "slack":
                return (self._woken(trigger, DECISIONS, TaskStatus.AWAITING_APPROVAL),)
            case "github":
                return (self._woken(trigger, {"fixing_ci"}, TaskStatus.WATCHING_CI),)
            case _:
                return self._incidents.effects(trigger.name, deliveries, incidents)

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

    def _executions(self, machine: str) -> Counter[str]:
        """By ticket or fingerprint: what stands before the last hyphen of their names, if there is one."""
        pages = self._stack.clients("stepfunctions").get_paginator("list_executions")
        found = pages.paginate(stateMachineArn=self._stack.info["state_machines"][machine])
        names = (execution["name"] for page in found for execution in page["executions"])
        return Counter(name.rpartition("-")[0] or name for name in names)
