"""One step of a job: `run:`, or one of the few actions that this runner knows."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.standins.github.actions import process
from local.standins.github.actions.environment import JobState, step_files, take_in, variables
from local.standins.github.actions.expressions import interpolate
from local.standins.github.actions.functions import as_text
from local.standins.github.actions.joblog import JobLog
from local.standins.github.git import ENVIRONMENT

DEFAULT_MINUTES = 360.0
# docs.github.com "Workflow syntax", jobs.<id>.steps[*].shell: what GitHub runs for each word.
_SHELLS = {
    "": ["bash", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail"],
    "sh": ["sh", "-e"],
    "python": ["python"],
}


class StepFailedError(Exception):
    """The step ends red; the message becomes its ##[error] line."""


def step_name(step: Mapping[str, Any]) -> str:
    first = str(step.get("run", "")).strip().partition("\n")[0]
    return str(step.get("name") or (f"Run {step['uses']}" if "uses" in step else f"Run {first}"))


@dataclass
class Step:
    """definition: as the workflow file has it; minutes: what is left of the job's time."""

    definition: Mapping[str, Any]
    number: int
    minutes: float = DEFAULT_MINUTES

    @property
    def id(self) -> str:
        return str(self.definition.get("id", ""))


def perform(state: JobState, step: Step, log: JobLog, cancel: process.Cancel) -> None:
    """Raises StepFailedError, or ExpressionError for what the expressions cannot say."""
    asked = step.definition
    own = {key: interpolate(as_text(value), state.contexts()) for key, value in (asked.get("env") or {}).items()}
    contexts = state.contexts(own)
    if "uses" in asked:
        inputs = {key: interpolate(as_text(value), contexts) for key, value in (asked.get("with") or {}).items()}
        _use(state, str(asked["uses"]), inputs, log)
    elif "run" in asked:
        _run(state, step, interpolate(str(asked["run"]), contexts), own, log, cancel)
    else:
        raise StepFailedError("Every step must define a `uses` or `run` key")


def _setting(state: JobState, step: Step, name: str, otherwise: str) -> str:
    """The step's own, else of `defaults.run` of the job, else of the workflow."""
    job = (state.plan.definition.get("defaults") or {}).get("run") or {}
    levels = (step.definition, job, state.workflow.defaults.get("run") or {})
    found = next((level[name] for level in levels if name in level), otherwise)
    return interpolate(as_text(found), state.contexts())


def _run(state: JobState, step: Step, script: str, own: dict[str, str], log: JobLog, cancel: process.Cancel) -> None:
    wanted = _setting(state, step, "shell", "")
    if wanted not in _SHELLS:
        raise StepFailedError(f"The shell {wanted!r} is not supported by this runner")
    minutes = max(min(float(step.definition.get("timeout-minutes", step.minutes)), step.minutes), 0)
    env, shell = {**state.env, **own}, _SHELLS[wanted]
    _announce(script, shell, env, log)
    file, files = state.temp / f"step_{step.number}.sh", step_files(state, step.number)
    file.write_text(script)
    try:
        code = process.run(
            [*shell, str(file)],
            folder=state.work / _setting(state, step, "working-directory", "."),
            env=variables(state, env, files),
            seconds=minutes * 60,
            cancel=cancel,
            line=log.line,
        )
    except OSError as error:
        raise StepFailedError(f"An error occurred trying to start process {shell[0]!r}: {error}") from error
    state.steps[step.id] = {"outputs": take_in(state, files)}
    if code is None:
        why = "The operation was canceled." if cancel else f"The action has timed out after {minutes:.4g} minutes."
        raise StepFailedError(why)
    if code:
        raise StepFailedError(f"Process completed with exit code {code}.")


def _announce(script: str, shell: list[str], env: Mapping[str, str], log: JobLog) -> None:
    lines = script.strip().split("\n")
    shown = ["env:", *(f"  {key}: {value}" for key, value in env.items())] if env else []
    log.group(f"Run {lines[0]}", [*lines, f"shell: {' '.join(shell)} {{0}}", *shown])


def _use(state: JobState, uses: str, inputs: Mapping[str, str], log: JobLog) -> None:
    log.group(f"Run {uses}", ["with:", *(f"  {key}: {value}" for key, value in inputs.items())] if inputs else [])
    action = uses.partition("@")[0]
    if action == "actions/checkout":
        _checkout(state, inputs, log)
    elif action in ("actions/setup-python", "actions/setup-node"):
        program = action.removeprefix("actions/setup-")
        found = shutil.which(program, path=variables(state, {}, {})["PATH"])
        if found is None:
            raise StepFailedError(f"{action}: there is no {program} on this machine's PATH")
        log.line(f"{action} installs nothing here; {program} on PATH is {found}")
    elif action == "actions/cache":
        log.line("Cache not found: this runner keeps none")
    else:
        raise StepFailedError(f"The action {uses} is not supported by this runner (checkout, setup-python, setup-node)")


def _checkout(state: JobState, inputs: Mapping[str, str], log: JobLog) -> None:
    """A real clone that borrows the objects of the bare repository; always full history."""
    repo = (inputs.get("repository") or state.run.repo).rpartition("/")[2]
    bare = state.bare.parent / f"{repo}.git"
    if not bare.is_dir() or Path(repo).name != repo:
        raise StepFailedError(f"repository '{state.url}/{state.org}/{repo}' not found")
    own = repo == state.run.repo
    ref = inputs.get("ref") or (state.run.head_sha if own else "HEAD")
    target = state.work / inputs.get("path", "")
    if not target.resolve().is_relative_to(state.work.resolve()):
        raise StepFailedError(f"Repository path '{target}' is not under '{state.work}'")
    target.mkdir(parents=True, exist_ok=True)
    log.line(f"Syncing repository: {state.org}/{repo}")
    _git(target, "init", "-q")
    _git(target, "remote", "add", "origin", f"{state.url}/{state.org}/{repo}.git")
    (target / ".git/objects/info/alternates").write_text(f"{bare / 'objects'}\n")
    _git(target, "fetch", "-q", str(bare), "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
    for name in (ref, f"origin/{ref}"):
        found = _git(target, "rev-parse", "-q", "--verify", f"{_sha(bare, name)}^{{commit}}", check=False)
        if found:
            _git(target, "checkout", "-q", "--detach", found)
            log.line(f"HEAD is now at {found}")
            return
    raise StepFailedError(f"A branch or tag with the name '{ref}' could not be found")


def _sha(bare: Path, name: str) -> str:
    """HEAD means the default branch of the repository checked out."""
    return (bare / "HEAD").read_text().strip().replace("ref: refs/heads/", "origin/") if name == "HEAD" else name


def _git(folder: Path, *arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, env=ENVIRONMENT)
    if check and done.returncode:
        raise StepFailedError(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip() if done.returncode == 0 else ""
