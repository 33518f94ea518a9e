"""What an agent's test puts on the table: fakes, a scripted model that is listened to, and the sample organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ferry.adapters.scripted_model import Screenplay, ScriptedModel
from ferry.agentkit.budget import Budget
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.agentkit.prices import load_prices
from ferry.agentkit.purse import task_purse
from ferry.agentkit.screen import teller
from ferry.domain.spending import Caps
from ferry.domain.step import ticket_key
from ferry.domain.task import Task, TaskStatus
from ferry.domain.ticket import Ticket
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.gate import FakeGateStore
from tests.fakes.store import FakeStore

LOCAL = Path(__file__).parents[3] / "local"
TASK = "t-1"


@dataclass
class Overheard:
    """A scripted model, and every request it was sent."""

    model: ScriptedModel
    requests: list[ModelRequest] = field(default_factory=list)

    def reply(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        return self.model.reply(request)

    @property
    def read(self) -> str:
        """All that the model was given to read, up to its last turn."""
        return self.requests[-1].model_dump_json()


@dataclass
class Desk:
    forge: FakeForge
    model: Overheard
    store: FakeStore = field(default_factory=FakeStore)
    gate: FakeGateStore = field(default_factory=FakeGateStore)
    artifacts: FakeArtifactStore = field(default_factory=FakeArtifactStore)
    clock: FakeClock = field(default_factory=FakeClock)

    def run(self, **labels: str) -> AgentRun:
        return AgentRun(
            model=self.model,
            model_id="scripted",
            prices=load_prices(),
            clock=self.clock,
            budget=Budget(),
            purse=task_purse(self.store, self.gate, self.clock, TASK, caps=Caps(3000), ceiling_cents=1000),
            journal=lambda data: self.artifacts.put("transcript", data),
            labels=labels,
            tell=teller(self.store, TASK),
        )


def desk(organisation: Mapping[str, Mapping[str, str]], ticket: Ticket, screenplay: Screenplay) -> Desk:
    """A task for `ticket` is there already."""
    made = Desk(FakeForge(organisation), Overheard(ScriptedModel(screenplay)))
    now = made.clock.now().isoformat()
    made.store.create_task(
        Task(
            id=TASK,
            ticket_key=ticket.key,
            title=ticket.title,
            status=TaskStatus.RECEIVED,
            created_at=now,
            updated_at=now,
        )
    )
    made.artifacts.put(ticket_key(TASK), ticket.model_dump_json().encode())
    return made


def ticket(title: str = "Discount is wrong", text: str = "The order total forgets the coupon.") -> Ticket:
    return Ticket(
        key="FERRY-1",
        title=title,
        text=text,
        url="https://jira.test/browse/FERRY-1",
        author="Ada",
        triggered_by="u-1",
        triggered_at="2026-11-21T12:00:00Z",
    )


def says(agent: str, *turns: Sequence[tuple[str, Mapping[str, Any]]]) -> Screenplay:
    """turns: of each the tool calls, as (tool, input)."""
    replies = [{"calls": [{"tool": tool, "input": dict(given)} for tool, given in turn]} for turn in turns]
    return Screenplay.from_scenes({agent: [{"replies": replies}]})


def sample_organisation() -> dict[str, dict[str, str]]:
    repos = LOCAL / "sample" / "repos"
    return {f"acme/{folder.name}": _files(folder) for folder in sorted(repos.iterdir()) if folder.is_dir()}


def sample_ticket() -> Ticket:
    raw = yaml.safe_load((LOCAL / "sample" / "ticket.yaml").read_text())
    return ticket(raw["summary"], raw["description"])


def sample_screenplay() -> Screenplay:
    return Screenplay.from_folder(LOCAL / "screenplay")


def _files(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}
