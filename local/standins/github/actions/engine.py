"""Starts, cancels and re-runs workflow runs, two at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from local.standins.github import events
from local.standins.github.actions import expressions, workflow
from local.standins.github.actions.functions import as_text
from local.standins.github.actions.process import Cancel
from local.standins.github.actions.running import Runner, contexts
from local.standins.github.actions.workflow import JobPlan, Workflow, WorkflowError
from local.standins.github.git import Repository
from local.standins.github.records import Job, Pull, Run, Suite
from local.standins.github.shapes import ACTIONS
from local.standins.github.world import World

AT_ONCE = 2
_FOLDER = ".github/workflows"


class Actions:
    def __init__(self, world: World) -> None:
        self._world = world
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="github-actions")
        self._cancels: dict[int, Cancel] = {}
        self._lock = world.store.lock  # one lock for all records: a second one could be taken in the other order
        self._runner = Runner(world, self._lock)

    def pull_request(self, pull: Pull, action: str, actor: str) -> None:
        repository = self._world.opened(pull.repo)
        files = tuple(file.path for file in self._world.changed(pull.repo, pull.base_sha, pull.head_sha))
        for found in self._workflows(repository, pull.head_sha):
            if isinstance(found, str) or workflow.triggered(
                found, "pull_request", action=action, branch=pull.base, files=files
            ):
                run = self._new_run(repository, found, "pull_request", pull.head, pull.head_sha, actor)
                run.base, run.pulls, run.title = pull.base, [pull.number], pull.title
                self._start(run, found)

    def push(self, repository: Repository, branch: str, sha: str, actor: str) -> None:
        for found in self._workflows(repository, sha):
            if isinstance(found, Workflow) and workflow.triggered(found, "push", branch=branch, files=("",)):
                self._start(self._new_run(repository, found, "push", branch, sha, actor), found)

    def _workflows(self, repository: Repository, sha: str) -> list[Workflow | str]:
        """The files at `sha`; the path alone of one that is no workflow."""
        folder = repository.read(f"{sha}:{_FOLDER}")
        if folder is None:
            return []
        names = [entry.path for entry in repository.tree(folder.sha, recursive=False)]
        return [self._parsed(repository, sha, f"{_FOLDER}/{n}") for n in names if n.endswith((".yml", ".yaml"))]

    def _parsed(self, repository: Repository, sha: str, path: str) -> Workflow | str:
        found = repository.read(f"{sha}:{path}")
        try:
            return workflow.parse(path, found.data.decode(errors="replace") if found else "")
        except WorkflowError:
            return path

    def _new_run(
        self, repository: Repository, found: Workflow | str, event: str, branch: str, sha: str, actor: str
    ) -> Run:
        store, path = self._world.store, found if isinstance(found, str) else found.path
        suite = store.put(Suite(store.next_id(), repository.name, sha, branch, ACTIONS))
        title = self._world.commit(repository.name, sha).message.partition("\n")[0]
        name = found if isinstance(found, str) else found.name
        number = len(store.all(Run, repo=repository.name, path=path)) + 1
        return Run(
            store.next_id(), repository.name, path, name, title, event, sha, branch, "", [], actor, number, suite.id
        )

    def _start(self, run: Run, found: Workflow | str) -> None:
        with self._lock:
            if isinstance(found, str):
                self._world.store.put(run)
                events.workflow_run(self._world, "requested", run)
                self._runner.conclude(run, "startup_failure")
                return
            self._join_group(run, found)
            self._world.store.put(run)
            events.workflow_run(self._world, "requested", run)
            self._queue(run, found, found.jobs)

    def _join_group(self, run: Run, found: Workflow) -> None:
        """`concurrency`: cancels what runs in the same group, where the workflow says so."""
        rule = found.concurrency
        if not rule:
            return
        rule = rule if isinstance(rule, dict) else {"group": rule}
        known = contexts(self._world, run, found)
        run.group = expressions.interpolate(str(rule.get("group", "")), known)
        stop = expressions.interpolate(as_text(rule.get("cancel-in-progress", False)), known)
        if stop == "true":
            for other in self._world.store.all(Run, repo=run.repo, group=run.group):
                self.cancel(other)

    def _queue(self, run: Run, found: Workflow, plans: list[JobPlan]) -> None:
        jobs = [(plan, self._runner.new_job(run, plan)) for plan in plans]
        self._cancels[run.id] = Cancel()
        self._pool.submit(self._runner.run, run, found, jobs, self._cancels[run.id])

    def cancel(self, run: Run) -> None:
        if run.status != "completed" and run.id in self._cancels:
            self._cancels[run.id].set()

    def abandon(self, repo: str, number: int) -> None:
        for run in self._world.store.all(Run, repo=repo):
            if number in run.pulls:
                self.cancel(run)

    def rerun_failed(self, run: Run, actor: str) -> bool:
        """A new attempt of the jobs that are not green; False when there is nothing to run again."""
        found = self._parsed(self._world.opened(run.repo), run.head_sha, run.path)
        red = {job.name for job in self._runner.latest(run) if job.conclusion != "success"}
        with self._lock:
            if run.status != "completed" or isinstance(found, str) or not red:
                return False
            run.attempt, run.status, run.conclusion, run.actor = run.attempt + 1, "queued", None, actor
            self._world.store.put(run)
            self._reopen(run)
            events.workflow_run(self._world, "requested", run)
            self._queue(run, found, [plan for plan in found.jobs if plan.name in red])
        return True

    def _reopen(self, run: Run) -> None:
        if suite := self._world.store.get(Suite, run.suite):
            suite.status, suite.conclusion = "queued", None
            self._world.store.put(suite)

    def recover(self) -> None:
        """After a restart: what ran then is cancelled now, and says so."""
        for run in self._world.store.all(Run):
            if run.status != "completed":
                for job in self._world.store.all(Job, run=run.id):
                    if job.status != "completed":
                        self._runner.end_job(job, "cancelled")
                self._runner.conclude(run, "cancelled")

    def close(self) -> None:
        for cancel in self._cancels.values():
            cancel.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
