"""Check runs and suites."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, jsonify, request
from flask.typing import ResponseReturnValue

from local.standins.github import events
from local.standins.github.http import (
    ApiError,
    not_found,
    paged,
    paged_under,
    payload,
    repository,
    text,
    world,
)
from local.standins.github.records import CheckRun, Suite, now
from local.standins.github.shapes import FERRY

routes = Blueprint("checks", __name__)
_BASE = "/repos/<owner>/<repo>"
_FIELDS = ("name", "details_url", "external_id", "status", "conclusion", "started_at", "completed_at")


@routes.post(f"{_BASE}/check-runs")
def create_check_run(owner: str, repo: str) -> ResponseReturnValue:
    at, sent, store = repository(owner, repo), payload(), world().store
    head = at.commit(text(sent, "head_sha", "CheckRun"))
    if head is None:
        raise ApiError(422, f"No commit found for SHA: {sent['head_sha']}")
    with store.lock:
        suite = next(iter(store.all(Suite, repo=at.name, head_sha=head.sha, app=FERRY)), None)
        suite = suite or store.put(Suite(store.next_id(), at.name, head.sha, "", FERRY))
        run = CheckRun(store.next_id(), at.name, suite.id, text(sent, "name", "CheckRun"), head.sha, FERRY)
        _change(run, sent, "created")
    return jsonify(world().check_run_json(run)), 201


def _change(run: CheckRun, sent: dict[str, Any], action: str) -> None:
    done = run.status == "completed"
    for name in _FIELDS:
        setattr(run, name, sent.get(name, getattr(run, name)))
    output = sent.get("output") or {}
    run.title, run.summary, run.text = (output.get(k, getattr(run, k)) for k in ("title", "summary", "text"))
    if run.conclusion:
        run.status, run.completed_at = "completed", run.completed_at or now()
    run.started_at = run.started_at or now()
    world().store.put(run)
    _tell_suite(run.suite)
    if action == "created":
        events.check_run(world(), "created", run, g.login)
    if run.status == "completed" and not done:
        events.check_run(world(), "completed", run, g.login)


def _tell_suite(id_: int) -> None:
    """A suite is complete when its runs are, and as bad as the worst of them."""
    suite, runs = world().store.get(Suite, id_), world().store.all(CheckRun, suite=id_)
    if suite:
        done = all(run.status == "completed" for run in runs)
        bad = [run.conclusion for run in runs if run.conclusion not in ("success", "neutral", "skipped")]
        suite.status, suite.conclusion = ("completed", (*bad, "success")[0]) if done else ("in_progress", None)
        world().store.put(suite)


def _check_run(owner: str, repo: str, id_: int) -> CheckRun:
    found = world().store.get(CheckRun, id_)
    if found is None or found.repo != repository(owner, repo).name:
        raise not_found()
    return found


@routes.get(f"{_BASE}/check-runs/<int:id_>")
def get_check_run(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    return jsonify(world().check_run_json(_check_run(owner, repo, id_)))


@routes.patch(f"{_BASE}/check-runs/<int:id_>")
def edit_check_run(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    run = _check_run(owner, repo, id_)
    with world().store.lock:
        _change(run, payload(), "edited")
    return jsonify(world().check_run_json(run))


@routes.get(f"{_BASE}/check-runs/<int:id_>/annotations")
def check_run_annotations(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    _check_run(owner, repo, id_)
    return paged([])


@routes.get(f"{_BASE}/commits/<path:ref>/check-runs")
def commit_check_runs(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    """The latest of each name in each suite, unless `filter=all`."""
    at = repository(owner, repo)
    commit = at.commit(ref)
    if commit is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    runs = world().store.all(CheckRun, repo=at.name, head_sha=commit.sha)
    if request.args.get("filter") != "all":
        runs = list({(run.suite, run.name): run for run in runs}.values())
    for key, name in (("status", "status"), ("check_name", "name")):
        if wanted := request.args.get(key):
            runs = [run for run in runs if getattr(run, name) == wanted]
    return paged_under("check_runs", [world().check_run_json(run) for run in reversed(runs)])


@routes.get(f"{_BASE}/commits/<path:ref>/check-suites")
def commit_check_suites(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    commit = at.commit(ref)
    if commit is None:
        raise ApiError(422, f"No commit found for SHA: {ref}")
    suites = world().store.all(Suite, repo=at.name, head_sha=commit.sha)
    return paged_under("check_suites", [world().suite_json(suite) for suite in suites])
