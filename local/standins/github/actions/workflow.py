"""Workflow files: what triggers them and which jobs they have (docs.github.com "Workflow syntax")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from local.standins.github.actions.expressions import ExpressionError, interpolate

_PULL_TYPES = ("opened", "synchronize", "reopened")


class WorkflowError(ValueError):
    """The file is not a workflow that GitHub would start."""


@dataclass(frozen=True)
class JobPlan:
    """One job of one matrix combination; `name` as GitHub shows it."""

    key: str
    name: str
    needs: tuple[str, ...]
    matrix: dict[str, Any]
    labels: list[str]
    fail_fast: bool
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Workflow:
    path: str
    name: str
    on: Mapping[str, Any]
    env: Mapping[str, Any]
    defaults: Mapping[str, Any]
    concurrency: Any
    jobs: list[JobPlan] = field(default_factory=list)


def parse(path: str, text: str) -> Workflow:
    """Jobs in an order in which every job follows its needs. WorkflowError with GitHub's kind of message."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WorkflowError(f"You have an error in your yaml syntax: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("jobs"), dict):
        raise WorkflowError("No jobs defined in `jobs`")
    return Workflow(
        path=path,
        name=str(document.get("name", path)),
        on=_on(document),
        env=document.get("env") or {},
        defaults=document.get("defaults") or {},
        concurrency=document.get("concurrency"),
        jobs=_jobs(document["jobs"]),
    )


def _on(document: Mapping[Any, Any]) -> dict[str, Any]:
    """YAML 1.1 reads the key `on` as true."""
    on = document.get("on", document.get(True))
    if isinstance(on, str):
        return {on: None}
    if isinstance(on, list):
        return dict.fromkeys(on)
    if isinstance(on, dict):
        return on
    raise WorkflowError("No event triggers defined in `on`")


def triggered(
    workflow: Workflow, event: str, *, action: str = "", branch: str = "", files: tuple[str, ...] = ()
) -> bool:
    """branch: pushed to, or the base of the pull request; files: paths that changed."""
    if event not in workflow.on:
        return False
    filters = workflow.on[event] or {}
    if event == "pull_request" and action not in _list(filters.get("types", _PULL_TYPES)):
        return False
    if event == "push" and "tags" in filters and "branches" not in filters:
        return False
    names, paths = (branch,), files
    return _passes(names, filters.get("branches"), filters.get("branches-ignore")) and _passes(
        paths, filters.get("paths"), filters.get("paths-ignore")
    )


def _passes(values: tuple[str, ...], wanted: Any, ignored: Any) -> bool:
    if wanted is not None:
        return any(_chosen(value, _list(wanted)) for value in values)
    return ignored is None or any(not _chosen(value, _list(ignored)) for value in values)


def _chosen(value: str, patterns: list[str]) -> bool:
    """The last matching pattern decides; `!` takes out again."""
    chosen = False
    for pattern in patterns:
        if _glob(pattern.removeprefix("!")).fullmatch(value):
            chosen = not pattern.startswith("!")
    return chosen


def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    table = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(table.get(part, re.escape(part)) for part in parts))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _jobs(definitions: Mapping[str, Any]) -> list[JobPlan]:
    waiting = {key: tuple(_list((job or {}).get("needs"))) for key, job in definitions.items()}
    ordered: list[JobPlan] = []
    done: set[str] = set()
    while waiting:
        ready = [key for key, needs in waiting.items() if done.issuperset(needs)]
        if not ready:
            raise WorkflowError(f"The workflow must contain at least one job with no dependencies: {sorted(waiting)}")
        for key in ready:
            ordered += _combinations(key, definitions[key], waiting.pop(key))
            done.add(key)
    return ordered


def _combinations(key: str, job: Any, needs: tuple[str, ...]) -> list[JobPlan]:
    if not isinstance(job, dict) or not isinstance(job.get("steps"), list):
        raise WorkflowError(f"Job {key!r}: `steps` are required (reusable workflows are not supported by this runner)")
    strategy = job.get("strategy") or {}
    plans = []
    for matrix in _matrix(strategy.get("matrix")):
        name = _interpolated(str(job.get("name", key)), matrix)
        if matrix and name == str(job.get("name", key)):
            name = f"{name} ({', '.join(str(value) for value in matrix.values())})"
        fail_fast = strategy.get("fail-fast", True) is not False
        plans.append(JobPlan(key, name, needs, matrix, [str(job.get("runs-on", ""))], fail_fast, job))
    return plans


def _interpolated(name: str, matrix: dict[str, Any]) -> str:
    try:
        return interpolate(name, {"matrix": matrix})
    except ExpressionError as error:
        raise WorkflowError(f"name {name!r}: {error}") from error


def _matrix(matrix: Any) -> list[dict[str, Any]]:
    if not matrix:
        return [{}]
    if not isinstance(matrix, dict):
        raise WorkflowError("A computed matrix is not supported by this runner")
    axes = {key: values for key, values in matrix.items() if key not in ("include", "exclude")}
    rows = [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())] if axes else []
    excluded = _list(matrix.get("exclude"))
    rows = [row for row in rows if not any(rule.items() <= row.items() for rule in excluded)]
    for extra in _list(matrix.get("include")):
        shared = {key: value for key, value in extra.items() if key in axes}
        fitting = [row for row in rows if shared.items() <= row.items()] if shared.keys() != extra.keys() else []
        for row in fitting:
            row.update(extra)
        if not fitting:
            rows.append(dict(extra))
    return rows
