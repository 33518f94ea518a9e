"""`stop` while an agent runs: the task has ended at once, and nothing that the agent still tries is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from agents.execution.agent import execute
from ferry.agentkit.messages import ModelReply, ModelRequest
from ferry.agentkit.waited import GUARDED, while_waited_for
from ferry.agentkit.workbench import Workbench
from ferry.domain.errors import NobodyWaits
from ferry.domain.step import StepRequest
from ferry.domain.task import TaskStatus
from ferry.ports import Chat, ErrorTracker, Forge, IssueTracker, LanguageModel
from ferry.usecases.dispatch import dispatch
from ferry.usecases.finish import stop
from ferry.usecases.step import answer
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine
from tests.unit.agents.organisation import LIB, TASK, Organisation, organisation
from tests.unit.agents.test_execution import GOOD
from tests.unit.usecases.conftest import TASK as PLANNED
from tests.unit.usecases.conftest import FakeWorld, request_approval
from tests.unit.usecases.conftest import planned as planned
from tests.unit.usecases.conftest import world as world

TOKEN = "secret-token"


@dataclass
class Interrupted:
    """A model during whose turn `number` a person stops the task."""

    inner: LanguageModel
    number: int
    interrupt: Callable[[], object]
    turns: int = 0

    def reply(self, request: ModelRequest) -> ModelReply:
        self.turns += 1
        if self.turns == self.number:
            self.interrupt()
        return self.inner.reply(request)


def running() -> tuple[Organisation, FakeWorld]:
    """An execution agent's task, and the world that people steer it through."""
    org = organisation({"execution": [GOOD]})
    world = FakeWorld(engine=FakeEngine(TOKEN), forge=org.forge)
    world.store, world.artifacts = org.store, org.artifacts
    execution = world.engine.start(TASK, {})
    org.store.update_task(TASK, status=TaskStatus.EXECUTING, execution=execution)
    return org, world


def work(org: Organisation, world: FakeWorld, model: LanguageModel) -> Mapping[str, Any]:
    """As the agent's Lambda does: every port comes from the world it is given."""
    waited = while_waited_for(TOKEN, _Given(world, model), world.engine)
    bench: Workbench = replace(org.bench, model=waited.model, forge=waited.forge)
    return execute(org.request("execution", LIB), bench)


@dataclass
class _Given:
    world: FakeWorld
    model: LanguageModel

    @property
    def forge(self) -> Forge:
        return self.world.forge


@pytest.mark.parametrize("turn", [1, 2])
def test_after_stop_no_commit_no_change_of_the_pull_request_and_no_model_call_follows(turn: int) -> None:
    org, world = running()
    head, pull = org.head(), org.forge.pull(LIB, 1)
    before = (pull.draft, pull.body, list(pull.comments))
    model = Interrupted(org.model, turn, lambda: stop(TASK, "slack:U1", world))

    with pytest.raises(NobodyWaits):
        answer(TOKEN, lambda: work(org, world, model), engine=world.engine, clock=FakeClock(), heartbeat_seconds=60)

    assert model.turns == turn
    assert len(org.store.ledger(TASK)) == turn
    assert org.head() == head
    assert (pull.draft, pull.body, pull.comments) == before
    assert world.engine.answers == {}
    task = org.store.task(TASK)
    assert (task.status, task.detail, task.resume_from) == (TaskStatus.FAILED, "stopped by slack:U1", "execute")


def test_without_a_stop_the_same_work_is_done() -> None:
    org, world = running()
    head = org.head()

    answer(TOKEN, lambda: work(org, world, org.model), engine=world.engine, clock=FakeClock(), heartbeat_seconds=60)

    assert org.head() != head
    assert world.engine.answers[TOKEN]["commits"] == 1


def test_an_agent_that_was_stopped_stays_closed_when_its_task_goes_on_with_another() -> None:
    org, world = running()
    forge = while_waited_for(TOKEN, _Given(world, org.model), world.engine).forge
    stop(TASK, "slack:U1", world)
    world.engine.waiting.add("the next agent's token")
    org.store.update_task(TASK, status=TaskStatus.EXECUTING)

    with pytest.raises(NobodyWaits):
        forge.comment(LIB, 1, "still here")
    assert forge.head(LIB, "main")


def _dispatch(world: FakeWorld) -> object:
    return dispatch(StepRequest(agent="planning", token="t", task_id=PLANNED), store=world.store, host=world.agents)


def _ask(world: FakeWorld) -> object:
    return request_approval(PLANNED, 1, "t", world)


@pytest.mark.parametrize("late", [_dispatch, _ask])
def test_what_was_on_its_way_when_the_task_was_stopped_does_not_revive_it(
    planned: FakeWorld, late: Callable[[FakeWorld], object]
) -> None:
    planned.store.update_task(PLANNED, execution=planned.engine.start(PLANNED, {}))
    stop(PLANNED, "slack:U1", planned)
    told = len(planned.chat.messages)

    with pytest.raises(NobodyWaits):
        late(planned)

    assert planned.store.task(PLANNED).status is TaskStatus.FAILED
    assert planned.agents.started == []
    assert planned.gate.approvals(PLANNED) == []
    assert len(planned.chat.messages) == told


READS = {
    "model": frozenset[str](),
    "forge": frozenset(
        {
            "repositories",
            "repository",
            "tree",
            "blob",
            "archive",
            "default_branch",
            "head",
            "compare",
            "log",
            "changed_paths",
            "download",
            "find_pull_request",
            "pull_request",
            "unresolved",
            "may_write",
            "check_runs",
            "job_log",
        }
    ),
    "tracker": frozenset({"find", "labelled", "comments", "text_edit", "account"}),
    "chat": frozenset({"link"}),
    "errors": frozenset({"issues", "issue", "latest_event"}),
}
PORTS = {"model": LanguageModel, "forge": Forge, "tracker": IssueTracker, "chat": Chat, "errors": ErrorTracker}


@pytest.mark.parametrize("port", PORTS)
def test_every_call_of_a_port_is_known_as_reading_or_is_guarded(port: str) -> None:
    calls = {name for name in vars(PORTS[port]) if not name.startswith("_")}

    assert calls == READS[port] | GUARDED[port]
    assert not READS[port] & GUARDED[port]
