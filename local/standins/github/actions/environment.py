"""What a job's steps see: a clean environment, GitHub's variables, and the files that hand values to later steps."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.standins.github.actions.functions import as_text
from local.standins.github.actions.workflow import JobPlan, Workflow
from local.standins.github.records import Job, Run

_FILES = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")


@dataclass
class JobState:
    """One job while it runs. work: the checkout; temp: of the runner; needs, steps: contexts of expressions."""

    url: str
    org: str
    bare: Path
    run: Run
    job: Job
    plan: JobPlan
    workflow: Workflow
    folder: Path
    needs: Mapping[str, Any]
    env: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    status: str = "success"

    def __post_init__(self) -> None:
        self.work, self.temp, self.home = (self.folder / name for name in (self.run.repo, "_temp", "_home"))
        for folder in (self.work, self.temp, self.home):
            folder.mkdir(parents=True)

    def contexts(self, env: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {
            "github": github_context(self),
            "env": {**self.env, **(env or {})},
            "matrix": self.plan.matrix,
            "needs": self.needs,
            "steps": self.steps,
            "job": {"status": self.status},
            "runner": {"os": "Linux", "arch": "X64", "temp": str(self.temp), "name": "ferry-local-runner"},
            "strategy": {"fail-fast": self.plan.fail_fast},
            "secrets": {},
            "vars": {},
            "inputs": {},
            "status": self.status,
        }


def github_context(state: JobState) -> dict[str, Any]:
    run, pull = state.run, state.run.pulls[0] if state.run.pulls else None
    of_pull = run.event == "pull_request"
    return {
        "event_name": run.event,
        "sha": run.head_sha,
        "ref": f"refs/pull/{pull}/merge" if of_pull else f"refs/heads/{run.head_branch}",
        "ref_name": f"{pull}/merge" if of_pull else run.head_branch,
        "ref_type": "branch",
        "head_ref": run.head_branch if of_pull else "",
        "base_ref": run.base if of_pull else "",
        "repository": f"{state.org}/{run.repo}",
        "repository_owner": state.org,
        "actor": run.actor,
        "triggering_actor": run.actor,
        "workflow": run.name,
        "run_id": str(run.id),
        "run_number": str(run.number),
        "run_attempt": str(run.attempt),
        "job": state.plan.key,
        "workspace": str(state.work),
        "server_url": state.url,
        "api_url": state.url,
        "graphql_url": f"{state.url}/graphql",
        "event": {
            "pull_request": {
                "number": pull,
                "head": {"sha": run.head_sha, "ref": run.head_branch},
                "base": {"ref": run.base},
            },
            "number": pull,
            "after": run.head_sha,
        },
    }


def variables(state: JobState, env: Mapping[str, str], files: Mapping[str, Path]) -> dict[str, str]:
    """Nothing of this process but PATH, which begins with the folder of its own Python."""
    github = github_context(state)
    names = "sha ref ref_name ref_type head_ref base_ref repository repository_owner actor workflow run_id run_number "
    names += "run_attempt job workspace server_url api_url graphql_url event_name"
    own = str(Path(sys.executable).parent)
    event = state.temp / "event.json"
    event.write_text(json.dumps(github["event"]))
    return {
        "HOME": str(state.home),
        "GITHUB_EVENT_PATH": str(event),
        "LANG": "C.UTF-8",
        "TMPDIR": str(state.temp),
        "RUNNER_TEMP": str(state.temp),
        "RUNNER_TOOL_CACHE": str(state.temp),
        "RUNNER_OS": "Linux",
        "RUNNER_ARCH": "X64",
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        **{f"GITHUB_{name.upper()}": as_text(github[name]) for name in names.split()},
        **{name: str(path) for name, path in files.items()},
        **env,
        "PATH": os.pathsep.join([*state.path, own, os.environ.get("PATH", os.defpath)]),
    }


def step_files(state: JobState, number: int) -> dict[str, Path]:
    """Fresh, empty files that one step writes its environment, path and outputs to."""
    files = {name: state.temp / f"{name.lower()}_{number}" for name in _FILES}
    for path in files.values():
        path.touch()
    return files


def take_in(state: JobState, files: Mapping[str, Path]) -> dict[str, str]:
    """Adds what the step wrote to the job's environment and path; returns its outputs."""
    state.env.update(_pairs(files["GITHUB_ENV"].read_text(errors="replace")))
    state.path[:0] = reversed(files["GITHUB_PATH"].read_text(errors="replace").split("\n")[:-1])
    return _pairs(files["GITHUB_OUTPUT"].read_text(errors="replace"))


def _pairs(text: str) -> dict[str, str]:
    """``NAME=value`` lines and ``NAME<<MARK`` … ``MARK`` blocks."""
    pairs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, mark = line.partition("<<")
        if sign and "=" not in name:
            pairs[name] = "\n".join(iter(lambda: next(lines, mark), mark))  # noqa: B023 - used at once
        elif "=" in line:
            name, _, value = line.partition("=")
            pairs[name] = value
    return pairs
