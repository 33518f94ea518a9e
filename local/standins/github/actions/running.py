"""One workflow run: its jobs one after the other; each job is a check run too, under the same id."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from local.standins.github import events
from local.standins.github.actions import expressions
from local.standins.github.actions.environment import JobState
from local.standins.github.actions.joblog import JobLog
from local.standins.github.actions.jobs import run_job
from local.standins.github.actions.process import Cancel
from local.standins.github.actions.workflow import JobPlan, Workflow
from local.standins.github.records import CheckRun, Job, Run, Suite, now
from local.standins.github.shapes import ACTIONS
from local.standins.github.shapes_ci import job_page
from local.standins.github.world import World

_log = logging.getLogger(__name__)


class Runner:
    def __init__(self, world: World, lock: threading.RLock) -> None:
        self._world, self._lock = world, lock

    def new_job(self, run: Run, plan: JobPlan) -> Job:
        store, id_ = self._world.store, self._world.store.next_id()
        job = Job(id_, run.repo, run.id, plan.key, plan.name, run.attempt, plan.labels, plan.matrix)
        page = job_page(self._world.urls, run.repo, run.id, id_)
        check = CheckRun(id_, run.repo, run.suite, plan.name, run.head_sha, ACTIONS, page, external_id=str(id_))
        store.put(job)
        store.put(check)
        events.check_run(self._world, "created", check)
        return job

    def run(self, run: Run, found: Workflow, jobs: list[tuple[JobPlan, Job]], cancel: Cancel) -> None:
        """In a thread of the pool, where nobody would see an error: it ends the run instead."""
        try:
            self._run(run, found, jobs, cancel)
        except Exception:  # noqa: BLE001 - a fault of this runner must not leave a run that never ends
            _log.exception("workflow run %s broke", run.id)
            for _, job in jobs:
                if job.status != "completed":
                    self.end_job(job, "failure")
            self.conclude(run, "failure")

    def _run(self, run: Run, found: Workflow, jobs: list[tuple[JobPlan, Job]], cancel: Cancel) -> None:
        run.status, run.started_at, run.updated_at = "in_progress", now(), now()
        self._world.store.put(run)
        for plan, job in jobs:
            needs = self._needs(run, plan)
            failed_fast = plan.fail_fast and self._sibling_failed(run, plan)
            if cancel or failed_fast:
                self.end_job(job, "cancelled")
            elif not self._wanted(run, found, plan, needs):
                self.end_job(job, "skipped")
            else:
                self.end_job(job, self._execute(run, found, plan, job, needs, cancel))
        self.conclude(run, self._verdict(run, cancel))

    def latest(self, run: Run) -> list[Job]:
        return list({job.name: job for job in self._world.store.all(Job, run=run.id)}.values())

    def _needs(self, run: Run, plan: JobPlan) -> dict[str, Any]:
        jobs = self.latest(run)
        return {key: _need([job for job in jobs if job.key == key]) for key in plan.needs}

    def _sibling_failed(self, run: Run, plan: JobPlan) -> bool:
        return any(job.key == plan.key and job.conclusion == "failure" for job in self.latest(run))

    def _wanted(self, run: Run, found: Workflow, plan: JobPlan, needs: dict[str, Any]) -> bool:
        results = [need["result"] for need in needs.values()]
        status = "success" if all(result == "success" for result in results) else "failure"
        known = contexts(self._world, run, found) | {"needs": needs, "matrix": plan.matrix, "status": status}
        try:
            return expressions.condition(plan.definition.get("if", "success()"), known)
        except expressions.ExpressionError:
            return True  # the job then fails on it, with the reason in its log

    def _execute(
        self, run: Run, found: Workflow, plan: JobPlan, job: Job, needs: dict[str, Any], cancel: Cancel
    ) -> str:
        store, check = self._world.store, self._world.store.get(CheckRun, job.id)
        job.status, job.started_at = "in_progress", now()
        if check:
            check.status, check.started_at = "in_progress", job.started_at
            store.put(check)
        store.put(job)
        folder = Path(tempfile.mkdtemp(prefix=f"run-{run.id}-"))
        try:
            with JobLog(self._world.log_file(job.id)) as log:
                bare = self._world.opened(run.repo).path
                state = JobState(
                    self._world.urls.base, self._world.urls.org, bare, run, job, plan, found, folder, needs
                )
                if not self._readable(plan, state, log):
                    return "failure"
                return run_job(state, log, cancel, lambda: store.update(job))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _readable(self, plan: JobPlan, state: JobState, log: JobLog) -> bool:
        foreign = sorted({"container", "services"} & plan.definition.keys())
        if foreign:
            log.error(f"jobs.{plan.key}: {' and '.join(foreign)} not supported by this runner")
            return False
        try:
            expressions.condition(plan.definition.get("if", "success()"), state.contexts())
        except expressions.ExpressionError as error:
            log.error(f"jobs.{plan.key}.if: {error}")
            return False
        return True

    def end_job(self, job: Job, conclusion: str) -> None:
        with self._lock:
            job.status, job.conclusion, job.completed_at = "completed", conclusion, now()
            self._world.store.put(job)
            check = self._world.store.get(CheckRun, job.id)
            if check:
                check.status, check.conclusion, check.completed_at = "completed", conclusion, job.completed_at
                check.started_at = check.started_at or job.started_at
                self._world.store.put(check)
                events.check_run(self._world, "completed", check)

    def _verdict(self, run: Run, cancel: Cancel) -> str:
        return "cancelled" if cancel else worst(self.latest(run))

    def conclude(self, run: Run, conclusion: str) -> None:
        with self._lock:
            store, suite = self._world.store, self._world.store.get(Suite, run.suite)
            run.status, run.conclusion, run.updated_at = "completed", conclusion, now()
            store.put(run)
            if suite:
                suite.status, suite.conclusion, suite.updated_at = "completed", conclusion, now()
                events.check_suite(self._world, store.put(suite))
            events.workflow_run(self._world, "completed", run)


def _need(jobs: list[Job]) -> dict[str, Any]:
    """Of a matrix the outputs of the last job win, as on GitHub."""
    return {"result": worst(jobs), "outputs": {name: text for job in jobs for name, text in job.outputs.items()}}


def worst(jobs: list[Job]) -> str:
    conclusions = {job.conclusion for job in jobs}
    return next((word for word in ("failure", "cancelled", "success") if word in conclusions), "skipped")


def contexts(world: World, run: Run, found: Workflow) -> dict[str, Any]:
    """For `concurrency` and `if` of jobs, before there is a folder to work in."""
    pull = run.pulls[0] if run.pulls else None
    of_pull = run.event == "pull_request"
    github = {
        "workflow": run.name,
        "event_name": run.event,
        "sha": run.head_sha,
        "ref": f"refs/pull/{pull}/merge" if of_pull else f"refs/heads/{run.head_branch}",
        "ref_name": f"{pull}/merge" if of_pull else run.head_branch,
        "head_ref": run.head_branch if of_pull else "",
        "base_ref": run.base,
        "actor": run.actor,
        "repository": f"{world.urls.org}/{run.repo}",
        "run_id": str(run.id),
        "event": {"pull_request": {"number": pull, "draft": False}, "number": pull},
    }
    return {"github": github, "env": dict(found.env), "needs": {}, "matrix": {}, "status": "success"}
