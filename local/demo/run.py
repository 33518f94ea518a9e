"""The demo's main job: file the ticket, follow its task, bring the decision, until the task ends."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from ferry.domain.plan import PlanRecord
from ferry.domain.step import plan_key
from ferry.domain.task import TaskStatus
from ferry.ports import ArtifactStore, TaskStore, WorkflowEngine
from local.demo.gate import Gate
from local.demo.peers import DemoError, Peers
from local.demo.show import View, now
from local.demo.steps import Run, Step
from local.demo.story import tree

TICKET = Path(__file__).resolve().parents[1] / "sample" / "ticket.yaml"
START_SECONDS, SILENCE_SECONDS, POLL_SECONDS = 30.0, 1200.0, 0.4
"""A task must begin within the first; the second is longer than any agent's own time limit."""

Json = Mapping[str, Any]

PATIENT = frozenset({"awaiting_approval", "awaiting_choice"})
"""Silence of people is no fault."""


@dataclass(frozen=True)
class Record:
    """Ferry's own documents and tasks, read only."""

    store: TaskStore
    artifacts: ArtifactStore
    engine: WorkflowEngine

    def plan(self, task_id: str, revision: int) -> PlanRecord:
        return PlanRecord.read(self.artifacts.get(plan_key(task_id, revision)), f"plan {revision} of {task_id}")


@dataclass(frozen=True)
class Told:
    """What was seen of one task, to its end."""

    task_id: str
    begun: datetime
    story: Json
    steps: list[Step]
    runs: list[Run]


def file_ticket(peers: Peers) -> str:
    ticket = yaml.safe_load(TICKET.read_text("utf-8"))
    return peers.file_ticket(ticket["summary"], ticket["description"])


def find_task(key: str, peers: Peers, record: Record) -> str:
    """Id of the task that carries `key`. DemoError says what became of Jira's webhook instead."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if task_id := record.store.live_run(key):
            return task_id
        time.sleep(0.1)
    raise DemoError(f"no task began for {key} within {START_SECONDS:.0f} s: {_why(key, peers)}")


def follow(task_id: str, begun: datetime, *, peers: Peers, record: Record, gate: Gate, view: View) -> Told:
    """Show the task until it ends. DemoError when nothing moves any more."""
    news, lines = time.monotonic(), -1
    while True:
        told = _look(task_id, begun, peers)
        view.show(told.steps, now())
        if TaskStatus(told.story["task"]["status"]).ended:
            return told
        if told.story["task"]["status"] == "awaiting_choice" and peers.can_click():
            peers.choose(task_id)
        if approval := gate.waits(told.story):
            with view.paused():
                gate.answer(approval, record.plan(task_id, int(approval["revision"])))
            news = time.monotonic()
        if len(told.story["timeline"]) != lines:
            news, lines = time.monotonic(), len(told.story["timeline"])
        if time.monotonic() - news > SILENCE_SECONDS and told.story["task"]["status"] not in PATIENT:
            raise DemoError(f"task {task_id} has been silent for {SILENCE_SECONDS / 60:.0f} minutes")
        time.sleep(POLL_SECONDS)


def _look(task_id: str, begun: datetime, peers: Peers) -> Told:
    story = peers.story(task_id)
    runs = peers.runs(story["pull_requests"]) if _ci_began(story) else []
    return Told(task_id, begun, story, tree(story, runs, begun, peers.name), runs)


def _ci_began(story: Json) -> bool:
    kinds = {event["kind"] for event in story["timeline"]}
    return story["task"]["status"] == "watching_ci" or bool(kinds & {"ci passed", "ci failed", "fixing_ci"})


def _why(key: str, peers: Peers) -> str:
    sent = peers.webhooks_of(key)
    if not sent:
        return "Jira sent no webhook"
    receipts = [peers.receipt(f"jira:{delivery['identifier']}") for delivery in sent]
    said = [f"{receipt['outcome']}: {receipt['reason']}" for receipt in receipts if receipt]
    answers = [f"{delivery['event']} answered {delivery['answers'] or 'not yet'}" for delivery in sent]
    return "; ".join(said or answers)
