"""A case come to life: its repositories at a forge, its plan approved, its model at the ready. Nothing leaves here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.execution.case import Loaded
from ferry.adapters.detect_secrets import scan
from ferry.adapters.scripted_model import Screenplay, ScriptedModel
from ferry.adapters.tree_sitter import parse
from ferry.agentkit.budget import Budget
from ferry.agentkit.integrity import Integrity
from ferry.agentkit.messages import ModelReply, ModelRequest, ToolResult
from ferry.agentkit.prices import load_prices
from ferry.agentkit.workbench import Workbench
from ferry.domain.approval import Decision
from ferry.domain.change import FileChange
from ferry.domain.discovery import Discovery
from ferry.domain.mandate import Terms
from ferry.domain.plan import PlanRecord
from ferry.domain.spending import Caps
from ferry.domain.step import StepRequest, discovery_key, plan_key, ticket_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.ports import LanguageModel, Sandbox
from tests.fakes.approvals import TERMS, put_before_people
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.gate import FakeGateStore
from tests.fakes.store import FakeStore

TASK, BRANCH, BASE = "BENCH-1-1", "ferry/BENCH-1", "main"
CENTS, SECONDS = 500, 60
STRANGER = "grace"


@dataclass
class Watched:
    """The scripted model; before: is called with the number of each reply; asked: all it was asked; refused: what tools
    refused, in order."""

    inner: LanguageModel
    before: Callable[[ModelRequest, int], None]
    asked: list[ModelRequest] = field(default_factory=list)
    refused: list[ToolResult] = field(default_factory=list)

    def reply(self, request: ModelRequest) -> ModelReply:
        self.before(request, sum(message.role == "assistant" for message in request.messages))
        self.asked.append(request)
        self.refused += [result for result in request.messages[-1].results if result.failed]
        return self.inner.reply(request)


@dataclass
class World:
    loaded: Loaded
    record: PlanRecord
    forge: FakeForge
    store: FakeStore
    bench: Workbench
    model: Watched

    def request(self, repo: str) -> StepRequest:
        return StepRequest(agent="execution", token="token", task_id=TASK, repo=repo)

    def tree(self, repo: str, branch: str = BRANCH) -> dict[str, bytes]:
        commit = self.forge.repos[repo].branches[branch]
        return {path: content for path, (content, _) in self.forge.repos[repo].commits[commit].tree.items()}

    def told(self, kind: str) -> list[str]:
        return [event.detail for event in self.store.events(TASK) if event.kind == kind]


def world(loaded: Loaded, sandbox: Sandbox, port: int) -> World:
    """port: where something listens outside the sandbox."""
    forge, store, artifacts, gate = FakeForge(loaded.repositories), FakeStore(), FakeArtifactStore(), FakeGateStore()
    ticket = _ticket(loaded)
    record = _record(loaded, forge, ticket)
    now = {"created_at": "", "updated_at": ""}
    store.create_task(Task(id=TASK, ticket_key=ticket.key, title=ticket.title, status=TaskStatus.EXECUTING, **now))
    documents = ((ticket_key, ticket), (discovery_key, _discovery(loaded)))
    for key, document in documents:
        artifacts.put(key(TASK), json.dumps(document.dump()).encode())
    artifacts.put(plan_key(TASK, 1), json.dumps(record.dump()).encode())
    for position, repo in enumerate(record.order, 1):
        store.put_pull_request(TASK, _draft(forge, repo, position))
    put_before_people(record, gate, artifacts, Decision.APPROVED)
    play = Screenplay.from_scenes({"execution": loaded.script(port)})
    model = Watched(ScriptedModel(play), _somebody_else(loaded, forge))
    bench = Workbench(
        store=store, approvals=gate, terms=Terms(CENTS, TERMS.agents), artifacts=artifacts, forge=forge,
        sandbox=sandbox, model=model, model_id="scripted", prices=load_prices(), clock=FakeClock(),
        budget=Budget(steps=loaded.case.steps), caps=Caps(CENTS), integrity=Integrity(parse, scan),
        command_seconds=SECONDS,
    )  # fmt: skip
    return World(loaded, record, forge, store, bench, model)


def _somebody_else(loaded: Loaded, forge: FakeForge) -> Callable[[ModelRequest, int], None]:
    pushed: list[str] = []

    def push(request: ModelRequest, turn: int) -> None:
        does = loaded.case.meanwhile
        if does and turn == does.turn and not pushed:
            branch = BRANCH if does.branch == "task" else BASE
            change = FileChange(does.path, does.text.encode())
            pushed.append(forge.push(request.metadata["repo"], branch, STRANGER, change))

    return push


def _ticket(loaded: Loaded) -> Ticket:
    words = loaded.case.ticket
    return Ticket(
        key="BENCH-1", title=words.title, text=words.text, url="https://jira.test/BENCH-1", author="ada",
        triggered_by="ada", triggered_at="2026-11-21T12:00:00Z",
    )  # fmt: skip


def _discovery(loaded: Loaded) -> Discovery:
    """Each repository needs the one before it."""
    names = list(loaded.repositories)
    ranked = [{"name": name, "relevance": 1, "reason": "named", "evidence": [], "files": []} for name in names]
    edges = [
        {"from": names[at], "to": names[at - 1], "kind": "shared-lib", "description": "uses it"}
        for at in range(1, len(names))
    ]
    return Discovery.model_validate(
        {"repositories": ranked, "dependencies": edges, "complexity": "low", "approach": "See the ticket."}
    )


def _record(loaded: Loaded, forge: FakeForge, ticket: Ticket) -> PlanRecord:
    case, order = loaded.case, list(loaded.repositories)
    tasks: list[dict[str, Any]] = [
        {**job.model_dump(), "id": f"T{number}", "repo": loaded.repo_of(job.repo), "hours": 1}
        for number, job in enumerate(case.tasks, 1)
    ]
    plan = {
        "summary": case.ticket.title, "scope_in": [case.ticket.title], "scope_out": [], "data_flow": "",
        "components": [{"repo": order[0], "path": path, "change": "as the ticket says"} for path in case.may_write],
        "test_strategy": [
            {"level": "unit", "repo": one["repo"], "file": one["test_file"], "assertion": one["description"]}
            for one in tasks
        ],
        "security": [], "tasks": tasks, "rollback": "Revert.", "risk": "low", "risk_reason": "Small.",
    }  # fmt: skip
    return PlanRecord.model_validate(
        {
            "task_id": TASK, "revision": 1, "plan": plan, "ticket": ticket.digest, "order": order, "branch": BRANCH,
            "bases": {repo: forge.head(repo, BASE) for repo in order}, "budget_cents": CENTS,
        }
    )  # fmt: skip


def _draft(forge: FakeForge, repo: str, position: int) -> PullRequest:
    base = forge.repos[repo].branches[BASE]
    forge.create_branch(repo, BRANCH, base)
    head = forge.commit(repo, BRANCH, parent=base, message="docs: plan", changes=[FileChange("PLAN.md", b"# Plan\n")])
    ref = forge.open_draft(repo, branch=BRANCH, base=BASE, title="Bench", body="draft")
    return PullRequest(
        repo=repo, number=ref.number, branch=BRANCH, url=ref.url, base=base, head=head, position=position
    )
