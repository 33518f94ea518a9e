"""A whole world in memory, with one plan ready to be approved."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from ferry.agentkit.prices import load_prices
from ferry.domain.approval import Approval
from ferry.domain.change import FileChange
from ferry.domain.change_set import MergeOrder
from ferry.domain.discovery import Discovery, Level, RankedRepository
from ferry.domain.mandate import Terms
from ferry.domain.model_chain import ModelChains, read_chains
from ferry.domain.plan import CaseLevel, Plan, PlannedTest, PlanRecord, PlanTask
from ferry.domain.scope import Scope
from ferry.domain.step import discovery_key, plan_key, ticket_key
from ferry.domain.task import PullRequest, Task, TaskStatus
from ferry.domain.ticket import Ticket
from ferry.usecases.gate import GateRules, ask, wait
from tests.fakes.agents import FakeAgentHost, FakeIndexer
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.chat import FakeChat
from tests.fakes.clock import FakeClock
from tests.fakes.dead_letters import FakeDeadLetters
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.forge import FakeForge
from tests.fakes.gate import FakeGateStore
from tests.fakes.health import FakeModelHealth
from tests.fakes.issue_tracker import FakeIssueTracker
from tests.fakes.memory import FakeMemory
from tests.fakes.store import FakeStore
from tests.fakes.watch import FakeErrorTracker, FakeHookLog, FakeQueue

TASK = "FERRY-1-a"
REPO = "acme/pricing"
AT = "2026-11-21T12:00:00.000+00:00"


@dataclass
class FakeWorld:
    clock: FakeClock = field(default_factory=FakeClock)
    engine: FakeEngine = field(default_factory=lambda: FakeEngine("token"))
    comments: FakeEngine = field(default_factory=FakeEngine)
    artifacts: FakeArtifactStore = field(default_factory=FakeArtifactStore)
    forge: FakeForge = field(
        default_factory=lambda: FakeForge({REPO: {"README.md": "Pricing", ".github/workflows/ci.yml": "on: push"}})
    )
    tracker: FakeIssueTracker = field(default_factory=FakeIssueTracker)
    chat: FakeChat = field(default_factory=FakeChat)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    incidents: FakeEngine = field(default_factory=FakeEngine)
    errors: FakeErrorTracker = field(default_factory=FakeErrorTracker)
    hooks: FakeHookLog | None = None
    queue: FakeQueue = field(default_factory=FakeQueue)
    dead_letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    agents: FakeAgentHost = field(default_factory=FakeAgentHost)
    indexer: FakeIndexer = field(default_factory=FakeIndexer)
    scope: Scope = field(default_factory=Scope)
    merge_order: MergeOrder = MergeOrder.MERGED
    health: FakeModelHealth = field(default_factory=FakeModelHealth)
    memory: FakeMemory = field(default_factory=FakeMemory)
    chains: ModelChains = field(default_factory=lambda: read_chains("bedrock:scripted", ""))
    store: FakeStore = field(init=False)
    gate: FakeGateStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = FakeStore(self.clock)
        self.gate = FakeGateStore(self.clock)

    def now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")


def ticket() -> Ticket:
    return Ticket(
        key="FERRY-1",
        title="Discounts for volume",
        text="Please",
        url="https://jira.example/browse/FERRY-1",
        author="Ann",
        triggered_by="A1",
        triggered_at=AT,
    )


def plan() -> Plan:
    return Plan(
        summary="Add tiers <!channel>",
        scope_in=("tiers",),
        scope_out=("coupons",),
        components=(),
        data_flow="cart to total",
        test_strategy=(PlannedTest(level=CaseLevel.UNIT, repo=REPO, file="tests/test_tiers.py", assertion="10 % off"),),
        tasks=(
            PlanTask(
                id="T1", description="tiers", repo=REPO, file="src/tiers.py", test_file="tests/test_tiers.py", hours=1
            ),
        ),
        security=("none",),
        rollback="revert",
        risk=Level.LOW,
        risk_reason="pure function",
    )


def discovery(*names: str, confidence: float = 0.9) -> Discovery:
    """Repositories best first, or the one that the plan is for."""
    ranked = [
        RankedRepository(name=name, relevance=0.9, reason="r", evidence=(f"{name} has it",), files=())
        for name in names or (REPO,)
    ]
    return Discovery(repositories=tuple(ranked), complexity=Level.LOW, approach="Begin.", confidence=confidence)


def record(revision: int = 1) -> PlanRecord:
    return PlanRecord(
        task_id=TASK,
        revision=revision,
        plan=plan(),
        ticket=ticket().digest,
        bases={REPO: "0" * 40},
        order=(REPO,),
        branch="ferry/ferry-1",
        budget_cents=100,
    )


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


def plan_ahead(world: FakeWorld) -> FakeWorld:
    """A task whose first plan and draft pull request exist."""
    world.store.create_task(
        Task(id=TASK, ticket_key="FERRY-1", title="t", status=TaskStatus.PLANNING, created_at=AT, updated_at=AT)
    )
    world.artifacts.put(ticket_key(TASK), ticket().model_dump_json().encode())
    world.artifacts.put(discovery_key(TASK), discovery().model_dump_json(by_alias=True).encode())
    for revision in (1, 2):
        world.artifacts.put(plan_key(TASK, revision), record(revision).model_dump_json().encode())
    base = world.forge.head(REPO, "main") or ""
    world.forge.create_branch(REPO, "ferry/ferry-1", base)
    world.forge.commit(REPO, "ferry/ferry-1", parent=base, message="plan", changes=[FileChange("PLAN.md", b"plan")])
    pull = world.forge.open_draft(REPO, branch="ferry/ferry-1", base="main", title="t", body="b")
    world.store.put_pull_request(
        TASK,
        PullRequest(
            repo=REPO, number=pull.number, branch="ferry/ferry-1", url=pull.url, base=base, head=pull.head, position=1
        ),
    )
    return world


@pytest.fixture
def planned(world: FakeWorld) -> FakeWorld:
    """A task whose first plan and draft pull request exist."""
    return plan_ahead(world)


RULES = GateRules(Terms(100, {"model": "openai:http://model.test#m"}), timeout_seconds=86400, prices=load_prices())


def request_approval(task_id: str, revision: int, token: str, world: FakeWorld) -> Approval:
    """The plan is before people, and the machine waits under `token`."""
    ask(task_id, revision, world, RULES)
    wait(task_id, token, world)
    return world.gate.approvals(task_id)[-1]
