"""Runs one job from its first step to its conclusion."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from local.standins.github.actions.environment import JobState
from local.standins.github.actions.expressions import ExpressionError, condition, interpolate
from local.standins.github.actions.functions import as_text
from local.standins.github.actions.joblog import JobLog
from local.standins.github.actions.process import Cancel
from local.standins.github.actions.steps import DEFAULT_MINUTES, Step, StepFailedError, perform, step_name
from local.standins.github.records import StepRecord, now


def run_job(state: JobState, log: JobLog, cancel: Cancel, changed: Callable[[], None]) -> str:
    """The conclusion: success, failure or cancelled. `changed` is called after each step of the record."""
    steps: list[Mapping[str, Any]] = list(state.plan.definition["steps"])
    state.job.steps = [StepRecord("Set up job", 1), *(StepRecord(step_name(s), n) for n, s in enumerate(steps, 2))]
    state.job.steps.append(StepRecord("Complete job", len(steps) + 2))
    limit = time.monotonic() + 60 * float(state.plan.definition.get("timeout-minutes", DEFAULT_MINUTES))
    _guarded(state, log, state.job.steps[0], lambda: _set_up(state, log), cancel)
    for step, record in zip(steps, state.job.steps[1:-1], strict=True):
        changed()
        left = (limit - time.monotonic()) / 60
        _step(state, log, Step(step, record.number, left), record, cancel)
    _guarded(state, log, state.job.steps[-1], lambda: _complete(state), cancel)
    log.line(f"Job completed: {state.status}")
    return state.status


def _set_up(state: JobState, log: JobLog) -> None:
    log.line("Current runner version: 'ferry-local'")
    log.line(f"Job name: {state.job.name}; runs-on {', '.join(state.job.labels)} is this machine")
    for level in (state.workflow.env, state.plan.definition.get("env") or {}):
        state.env.update({key: interpolate(as_text(value), state.contexts()) for key, value in level.items()})


def _complete(state: JobState) -> None:
    """`outputs` of the job, for the jobs that need it."""
    asked = state.plan.definition.get("outputs") or {}
    state.job.outputs = {key: interpolate(as_text(value), state.contexts()) for key, value in asked.items()}


def _step(state: JobState, log: JobLog, step: Step, record: StepRecord, cancel: Cancel) -> None:
    if cancel:
        state.status = "cancelled"
    try:
        wanted = condition(step.definition.get("if", "success()"), state.contexts())
    except ExpressionError as error:
        _conclude(state, log, record, "failure", f"if: {error}")
        return
    if not wanted or cancel:
        record.status, record.conclusion = "completed", "skipped"
        return
    before = state.status
    _guarded(state, log, record, lambda: perform(state, step, log, cancel), cancel)
    if state.status == "failure" and before != "failure" and step.definition.get("continue-on-error") is True:
        state.status = before
    if step.id:
        known = state.steps.setdefault(step.id, {"outputs": {}})
        known |= {"outcome": record.conclusion, "conclusion": record.conclusion}


def _guarded(state: JobState, log: JobLog, record: StepRecord, work: Callable[[], None], cancel: Cancel) -> None:
    record.status, record.started_at = "in_progress", now()
    try:
        work()
    except (StepFailedError, ExpressionError) as error:
        _conclude(state, log, record, "cancelled" if cancel else "failure", str(error))
    else:
        record.status, record.conclusion, record.completed_at = "completed", "success", now()


def _conclude(state: JobState, log: JobLog, record: StepRecord, conclusion: str, message: str) -> None:
    log.error(message)
    record.status, record.conclusion, record.completed_at = "completed", conclusion, now()
    record.started_at = record.started_at or record.completed_at
    state.status = conclusion
