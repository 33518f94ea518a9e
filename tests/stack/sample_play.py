"""Carries out the screenplay's calls as they stand, and a sample repository's workflow, without any agent."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ferry.adapters.scripted_model import Line, Screenplay, ScriptedCall
from ferry.domain.plan import Plan, PlanTask
from local.sample.build import SAMPLE

SCREENPLAY = Screenplay.from_folder(SAMPLE.parent / "screenplay")
ENV = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PYTEST_"))} | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def run(command: list[str], cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, env=ENV | env, capture_output=True, text=True, check=False)


def git(*arguments: str, cwd: Path) -> str:
    done = run(["git", "-c", "user.name=Ferry", "-c", "user.email=ferry@example.com", *arguments], cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


def conversation(agent: str, **metadata: str) -> list[Line]:
    """What the scripted model says, up to and with its result."""
    lines: list[Line] = []
    while not any(call.tool == "submit_result" for line in lines for call in line.calls):
        lines.append(SCREENPLAY.line({"agent": agent, "attempt": "1", **metadata}, len(lines)))
        assert lines[-1].calls, f"{agent} {metadata} never submits a result"
    return lines


def calls(agent: str, **metadata: str) -> list[ScriptedCall]:
    return [call for line in conversation(agent, **metadata) for call in line.calls]


def result(agent: str, **metadata: str) -> dict[str, Any]:
    return dict(calls(agent, **metadata)[-1].input)


def plan(revision: str = "1") -> Plan:
    return Plan.model_validate(result("planning", revision=revision))


def failing_jobs(organisation: Path, name: str, folder: Path, branch: str = "") -> list[str]:
    """Run every job of a repository's workflow as written, `branch` as a pull request; name job and step that fail."""
    workflow = yaml.safe_load((SAMPLE / "repos" / name / ".github/workflows/ci.yml").read_text())
    failed = []
    for job, content in workflow["jobs"].items():
        here = folder / job / name
        git("clone", "-q", "--branch", branch or "main", str(organisation / f"{name}.git"), str(here), cwd=organisation)
        for step in (step for step in content["steps"] if "run" in step):
            shell = ["bash", "-eo", "pipefail", "-c", step["run"]]
            done = run(shell, here, GITHUB_HEAD_REF=branch, GITHUB_SERVER_URL=organisation.parent.as_uri())
            if done.returncode:
                failed.append(f"{job}: {step['name']}")
                break
    return failed


@dataclass(frozen=True)
class Played:
    """One task of the plan, carried out. runs: exit codes of its test runs; kept: new tests that passed on the base."""

    task: PlanTask
    runs: list[int]
    kept: list[str]
    changed: set[str]
    unformatted: str
    unclean: str


def edit(call: ScriptedCall, root: Path) -> None:
    path = root / call.input["path"]
    if call.tool == "write_file":
        path.write_text(call.input["content"])
    if call.tool == "replace_in_file":
        text = path.read_text()
        assert text.count(call.input["old"]) == 1, f"{path}: {call.input['old']!r}"
        path.write_text(text.replace(call.input["old"], call.input["new"]))


def play(task: PlanTask, root: Path) -> Played:
    before = (root / task.test_file).read_text() if (root / task.test_file).exists() else ""
    runs: list[int] = []
    passed_on_base = ""
    for call in calls("execution", repo=task.repo, item=task.id):
        if call.tool == "run_tests":
            done = run(
                [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", *call.input["paths"]], root
            )
            passed_on_base = passed_on_base if runs else done.stdout
            runs.append(done.returncode)
        elif call.tool in ("write_file", "replace_in_file"):
            edit(call, root)
    new = set(re.findall(r"def (test_\w+)", (root / task.test_file).read_text())) - set(
        re.findall(r"def (test_\w+)", before)
    )
    assert new
    kept = [name for name in new if re.search(rf"PASSED .*::{name}\b", passed_on_base)]
    changed = {row[3:] for row in git("status", "--porcelain", "-uall", cwd=root).splitlines()}
    git("add", "-A", cwd=root)
    git("commit", "-q", "-m", result("execution", repo=task.repo, item=task.id)["commit_message"], cwd=root)
    unformatted = run(["ruff", "format", "--no-cache", "--check", "."], root).stdout
    return Played(task, runs, kept, changed, unformatted, run(["ruff", "check", "--no-cache", "-q", "."], root).stdout)
