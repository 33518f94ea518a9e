"""One step of the real execution agent, through the real Bedrock adapter, against the strict stand-in and its cache."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from agents.execution.conversation import work_on
from agents.execution.proof import Failure, NotProved
from bench.context.play import ITEM, REPO, Reply, answers, scenes
from ferry.adapters.bedrock import BedrockModel, client
from ferry.adapters.detect_secrets import scan
from ferry.adapters.scripted_model import Screenplay
from ferry.adapters.tree_sitter import parse
from ferry.agentkit.approved import Approved
from ferry.agentkit.budget import Budget
from ferry.agentkit.capabilities import load_capabilities
from ferry.agentkit.integrity import Integrity
from ferry.agentkit.loop import AgentRun
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.agentkit.prices import load_prices
from ferry.agentkit.workbench import Workbench
from ferry.agentkit.workspace import workspace
from ferry.domain.context import Context
from ferry.domain.discovery import Discovery
from ferry.domain.ledger import LedgerEntry, total
from ferry.domain.mandate import Mandate, Terms
from ferry.domain.plan import Plan, PlanRecord
from ferry.domain.spending import Caps
from ferry.domain.ticket import Ticket
from ferry.ports import LanguageModel, Sandbox
from local.server import serve
from local.standins.bedrock.app import build_app
from local.standins.bedrock.converse import Converse
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.gate import FakeGateStore
from tests.fakes.purse import OpenPurse
from tests.fakes.store import FakeStore
from tests.unit.agents.desk import sample_organisation, sample_ticket

MODEL = "us.anthropic.claude-sonnet-5-5"
A_TURN = 20.0  # seconds on the injected clock: an answer and its tools
KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local", "region_name": "us-east-1"}


@dataclass(frozen=True)
class Variant:
    """cache: whether cache points are set; context: of the agent; pauses: turns before which a command takes so long
    that five minutes pass; attempts: one after the other, each told why the one before failed; of which the last one is
    measured."""

    replies: Sequence[Reply]
    cache: bool = True
    context: Context = Context(tokens=10**6, model_tokens=10**6)
    pauses: Sequence[int] = ()
    attempts: int = 1


@dataclass(frozen=True)
class Measured:
    entries: Sequence[LedgerEntry]
    summary: str

    @property
    def asked(self) -> int:
        return sum(entry.usage.asked for entry in self.entries)

    @property
    def read(self) -> int:
        return sum(entry.usage.cache_read for entry in self.entries)

    @property
    def written(self) -> int:
        return sum(entry.usage.cache_write + entry.usage.cache_write_1h for entry in self.entries)

    @property
    def share(self) -> float:
        return self.read / self.asked

    @property
    def longest(self) -> int:
        return max(entry.usage.asked for entry in self.entries)

    @property
    def micro_dollars(self) -> int:
        return total(self.entries)


@dataclass
class Paced:
    """The model, each of whose turns takes its time on `clock`."""

    inner: LanguageModel
    clock: FakeClock
    pauses: Sequence[int]
    turns: int = 0

    def reply(self, request: ModelRequest) -> ModelReply:
        self.turns += 1
        self.clock.advance(400.0 if self.turns in self.pauses else A_TURN)
        return self.inner.reply(request)


def measured(variant: Variant, files: Mapping[str, str], sandbox: Sandbox) -> Measured:
    clock = FakeClock()
    forge = FakeForge({REPO: {**sample_organisation()[REPO], **files}})
    head = forge.head(REPO, "main") or ""
    approved = _approved(head)
    with _bedrock(variant, clock) as model:
        failure: NotProved | None = None
        for attempt in range(1, variant.attempts + 1):
            purse = OpenPurse()
            run = _run(Paced(model, clock, variant.pauses), clock, purse, variant.context, attempt)
            with workspace(forge, REPO, head, {}) as place:
                work = work_on(_task(approved), place, approved, failure, run=run, bench=_bench(run, forge, sandbox))
            failure = NotProved(Failure.PROOF, "no test fails without the change and passes with it", "1 passed\n" * 9)
    return Measured(purse.paid, work.summary)


def _task(approved: Approved) -> Any:
    return next(task for task in approved.record.plan.tasks if task.id == ITEM)


@contextmanager
def _bedrock(variant: Variant, clock: FakeClock) -> Iterator[LanguageModel]:
    play = Screenplay.from_scenes(scenes(variant.replies))
    converse = Converse(play, models=("anthropic.",), context_tokens=10**6, clock=lambda: clock.now().timestamp())
    server = serve(build_app(converse, ""))
    runtime = client(endpoint_url=server.url, **KEYS)
    table = load_capabilities("" if variant.cache else '{"anthropic.claude-sonnet-5-5": {"cache": []}}')
    try:
        yield BedrockModel(runtime, table.of)
    finally:
        runtime.close()
        server.stop()


def _run(model: LanguageModel, clock: FakeClock, purse: OpenPurse, context: Context, attempt: int) -> AgentRun:
    return AgentRun(
        model=model,
        model_id=MODEL,
        prices=load_prices(),
        clock=clock,
        budget=Budget(steps=99, tokens=10**9, micro_dollars=10**9, seconds=10**9),
        purse=purse,
        journal=lambda data: None,
        labels={"agent": "execution", "task": "FERRY-1-1", "repo": REPO, "item": ITEM, "attempt": str(attempt)},
        context=context,
    )


def _bench(run: AgentRun, forge: FakeForge, sandbox: Sandbox) -> Workbench:
    return Workbench(
        store=FakeStore(), approvals=FakeGateStore(), terms=Terms(1000, {}), artifacts=FakeArtifactStore(), forge=forge,
        sandbox=sandbox, model=run.model, model_id=MODEL, prices=run.prices, clock=run.clock, budget=run.budget,
        caps=Caps(3000), integrity=Integrity(parse, scan), command_seconds=60,
    )  # fmt: skip


def _approved(head: str) -> Approved:
    """What the demo's planning agent hands in, as if it were approved."""
    plan, ticket = Plan.model_validate(answers("planning")), sample_ticket()
    record = PlanRecord(
        task_id="FERRY-1-1", revision=1, plan=plan, ticket=ticket.digest, bases={REPO: head}, order=plan.repositories,
        branch="ferry/FERRY-1", budget_cents=1000,
    )  # fmt: skip
    return Approved(record, Ticket.model_validate(ticket.dump()), _discovery(), _mandate(record))


def _discovery() -> Discovery:
    named = {"name": REPO, "relevance": 1, "reason": "named", "evidence": [], "files": []}
    said = {"repositories": [named], "dependencies": [], "complexity": "medium"}
    return Discovery.model_validate({**said, "approach": answers("discovery")["approach"]})


def _mandate(record: PlanRecord) -> Mandate:
    return Mandate(
        task_id=record.task_id, revision=1, opening=1, plan=record.digest, bases={}, heads={}, paths={}, discovery="",
        ticket=record.ticket, ticket_now="", budget_cents=1000, configuration={},
    )  # fmt: skip
