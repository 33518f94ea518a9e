"""Start the agent of one state where configuration says, and show in the record what the task is doing."""

from __future__ import annotations

from ferry.domain.errors import NobodyWaits
from ferry.domain.step import StepRequest
from ferry.domain.task import TaskStatus
from ferry.ports import AgentHost, TaskStore

DOING = {
    "discovery": TaskStatus.DISCOVERING,
    "planning": TaskStatus.PLANNING,
    "execution": TaskStatus.EXECUTING,
    "cicd": TaskStatus.FIXING_CI,
}


def dispatch(request: StepRequest, *, store: TaskStore, host: AgentHost) -> None:
    """The agent answers through the request's token; an error here fails the state at once.

    NobodyWaits for a task that was stopped while this was on its way.
    """
    # The Sentry agent works before there is a task; a change on request comes after its end, and does not undo it.
    if request.agent in DOING and not request.asked:
        if store.task(request.task_id).status.ended:
            raise NobodyWaits(f"task {request.task_id} has ended; nothing is started for it")
        store.update_task(request.task_id, status=DOING[request.agent])
        store.add_event(request.task_id, str(DOING[request.agent]), _what(request))
    host.run(request.agent, request.dump())


def _what(request: StepRequest) -> str:
    again = f", attempt {request.attempt}" if request.attempt > 1 else ""
    match request.agent:
        case "planning":
            return f"plan {request.revision}{again}"
        case "cicd":
            return f"{request.repo} at {request.head[:7]}, fix {request.fix}{again}"
        case "execution":
            return f"{request.repo}{again}"
        case _:
            return f"over the whole organisation{again}"
