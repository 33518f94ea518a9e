"""A task's timeline as a tree of steps. Pure: the same record always gives the same tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ferry.domain.task import ENDS
from ferry.domain.words import people
from local.demo.steps import Run, State, Step, moment

GOOD_ENDS = ("succeeded",)
EXECUTION = frozenset({"executing", "proved", "attempt failed"})
CHOICE = frozenset({"repository asked", "repository chosen", "no repository chosen"})
CI = frozenset({"ci passed", "ci failed", "ci fixed", "ci escalated", "ci rerun", "ci stale", "fixing_ci"})
DECISIONS = {"approved": "approved", "changes_requested": "sent back", "rejected": "rejected"}


def tree(
    story: Mapping[str, Any], runs: Sequence[Run], begun: datetime, name: Callable[[str], str] = str
) -> list[Step]:
    """story: what `GET /tasks/{id}` answers; begun: when the label was set; name: of a Slack user's id."""
    teller = _Teller(runs, begun)
    for event in story["timeline"]:
        teller.tell(str(event["kind"]), people(str(event["detail"]), name), moment(event["at"]))
    if story["task"]["status"] == "watching_ci":
        teller.watching(story["pull_requests"])
    return teller.steps


class _Teller:
    """Reads one line after the other; what it knows of time is the line's own and those before."""

    def __init__(self, runs: Sequence[Run], begun: datetime) -> None:
        self.steps = [Step("receive", "Receive", begun)]
        self._runs = {(run.repo, run.sha[:7]): run for run in runs}
        self._last = begun
        self._undecided: list[Step] = []

    def tell(self, kind: str, detail: str, at: datetime) -> None:
        if kind in DECISIONS and detail.startswith("by ") and self._undecided:
            self._decision(kind, detail, at)
        elif kind in CHOICE:
            self._choice(kind, detail, at)
        elif kind in EXECUTION:
            self._execution(kind, detail, at)
        elif kind in CI:
            self._ci(kind, detail, at)
        elif kind in ENDS:
            self._finish(kind, detail, at)
        else:
            self._step(kind, detail, at)
        self._last = at

    def _step(self, kind: str, detail: str, at: datetime) -> None:
        match kind:
            case "started":
                self.steps[0].end(at, "signed webhook, queued, admitted once")
            case "discovering":
                self._open("discover", "Discover", at, "agents")
            case "planning":
                self._open(f"plan {detail}", "Plan", at, "agents", detail)
            case "approval requested":
                step = self._open(f"approval {detail}", "Approval", at, "person", detail.split(",")[0])
                step.state = State.WAITING
                self._undecided.append(step)
            case "resumed":
                self._open(f"resumed {at}", "Resume", at, note=detail)
            case "notice failed":
                self.steps[-1].note = detail

    def _choice(self, kind: str, detail: str, at: datetime) -> None:
        if kind == "repository asked":
            self._open(f"repository {at}", "Repository", at, "person", detail).state = State.WAITING
        elif self.steps[-1].name == "Repository" and self.steps[-1].open:
            self.steps[-1].end(at, f"{kind.removeprefix('repository ')} {detail}")

    def _decision(self, kind: str, detail: str, at: datetime) -> None:
        """The machine is woken before the line is written, so the next step may have begun already."""
        step = self._undecided.pop()
        step.end(at, f"{step.note} {DECISIONS[kind]} {detail.removesuffix(': no reason given')}")

    def watching(self, pulls: Iterable[Mapping[str, Any]]) -> None:
        """The task waits for CI: a pull request without a result yet is shown as running."""
        for pull in pulls:
            if pull["ci"] == "pending":
                self._run(pull["repo"], pull["head"][:7])

    def _open(self, key: str, name: str, at: datetime, kind: str = "ferry", note: str = "") -> Step:
        last = self.steps[-1]
        if last.key == key and last.open:
            last.note = f"{note}, again".lstrip(", ")
            return last
        if last.open and (last not in self._undecided or name in ("Approval", "Resume")):
            last.end(at)
        self.steps.append(Step(key, name, at, kind, note))
        return self.steps[-1]

    def _group(self, name: str, at: datetime) -> Step:
        """The newest of this name since the task was approved or resumed: a late line belongs to what has ended."""
        for step in reversed(self.steps):
            if step.name == name:
                return step
            if step.name in ("Approval", "Resume"):
                break
        return self._open(f"{name} {at}", name, at)

    def _execution(self, kind: str, detail: str, at: datetime) -> None:
        first, _, what = detail.partition(" ")
        repo, group = first.rstrip(","), self._group("Execute", at)
        mine = next((child for child in group.children if child.name == repo), None)
        if kind == "executing":
            for child in group.children:
                if child.open:
                    child.end(at)
            if mine is None:
                group.children.append(Step(f"{group.key} {repo}", repo, at, note=what))
        elif mine is not None:
            began = mine.children[-1].ended or at if mine.children else mine.started
            done = Step(f"{mine.key} {at} {what}", what.partition(":")[0], began, "agents")
            done.end(at, what.partition(": ")[2], failed=kind != "proved")
            mine.children.append(done)

    def _ci(self, kind: str, detail: str, at: datetime) -> None:
        repo, _, what = detail.partition(" ")
        match kind:
            case "ci passed" | "ci failed":
                sha = what.removeprefix("at ")
                run = self._runs.get((repo, sha))
                self._run(repo, sha).end((run and run.ended) or at, failed=kind == "ci failed")
            case "fixing_ci":
                self._run(repo, what.removeprefix("at ").partition(",")[0])
                node = self._repository(repo)
                node.children.append(Step(f"{node.key} {what}", what.partition(", ")[2], at, "agents"))
            case _:
                for fix in [child for child in self._repository(repo).children if child.kind == "agents"][-1:]:
                    fix.end(at, what, failed=kind == "ci escalated")
        if kind in ("ci passed", "ci escalated"):
            node = self._repository(repo)
            node.end(node.children[-1].ended or at, failed=kind == "ci escalated")

    def _repository(self, repo: str) -> Step:
        group = self._group("CI", self._last)
        known = next((child for child in group.children if child.name == repo), None)
        if known is None:
            known = Step(f"{group.key} {repo}", repo, self._last)
            group.children.append(known)
        return known

    def _run(self, repo: str, sha: str) -> Step:
        node, run = self._repository(repo), self._runs.get((repo, sha))
        key = f"{node.key} run {sha}"
        known = next((child for child in node.children if child.key == key), None)
        if known is None:
            known = Step(key, f"run of {sha}", run.started if run else self._last, "ci")
            # CI of the first repository starts while the next one is still being written.
            node.started = min(node.started, known.started)
            node.children.append(known)
        if run and run.failing:
            known.note = f"red at: {', '.join(run.failing)}"
        return known

    def _finish(self, kind: str, detail: str, at: datetime) -> None:
        failed = kind not in GOOD_ENDS
        began = self._last
        hit = failed and kind not in ("rejected", "escalated")
        for step in [step for step in self.steps if step.open]:
            broken = hit and step is self.steps[-1]
            step.end(at if broken else began, detail if broken else "", failed=broken)
        self.steps.append(Step(f"report {at}", "Report", began))
        self.steps[-1].end(at, kind if hit else f"{kind}: {detail}", failed=failed)
