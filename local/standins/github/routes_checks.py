"""Check runs, combined status, and what Actions shows of itself."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from local.standins.github import events
from local.standins.github.http import (
    ApiError,
    not_found,
    paged,
    paged_under,
    payload,
    repository,
    services,
    text,
    world,
)
from local.standins.github.records import CheckRun, Job, Run, Suite, now
from local.standins.github.routes_repo import check_link, download_link, downloads
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
    if action == "created":
        events.check_run(world(), "created", run, g.login)
    if run.status == "completed" and not done:
        events.check_run(world(), "completed", run, g.login)


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


@routes.get(f"{_BASE}/commits/<path:ref>/status")
def combined_status(owner: str, repo: str, ref: str) -> ResponseReturnValue:
    """Statuses are the older way: nobody posts any here, so the state is "pending", as on GitHub."""
    at = repository(owner, repo)
    commit = at.commit(ref)
    if commit is None:
        raise not_found()
    url = world().urls.api(at.name, f"/commits/{commit.sha}")
    return jsonify({
        "state": "pending",
        "statuses": [],
        "sha": commit.sha,
        "total_count": 0,
        "repository": world().repo_json(at.name),
        "commit_url": url,
        "url": f"{url}/status",
    })  # fmt: skip


_RUN_FILTERS = {"head_sha": "head_sha", "branch": "head_branch", "event": "event", "actor": "actor"}


@routes.get(f"{_BASE}/actions/runs")
def runs(owner: str, repo: str) -> ResponseReturnValue:
    where = {name: request.args[key] for key, name in _RUN_FILTERS.items() if request.args.get(key)}
    found = world().store.all(Run, repo=repository(owner, repo).name, **where)
    if status := request.args.get("status"):
        found = [run for run in found if status in (run.status, run.conclusion)]
    return paged_under("workflow_runs", [world().run_json(run) for run in reversed(found)])


def _run(owner: str, repo: str, id_: int) -> Run:
    found = world().store.get(Run, id_)
    if found is None or found.repo != repository(owner, repo).name:
        raise not_found()
    return found


@routes.get(f"{_BASE}/actions/runs/<int:id_>")
def get_run(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    return jsonify(world().run_json(_run(owner, repo, id_)))


@routes.get(f"{_BASE}/actions/runs/<int:id_>/jobs")
def run_jobs(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    """The latest of each name, unless `filter=all`."""
    jobs = world().store.all(Job, run=_run(owner, repo, id_).id)
    if request.args.get("filter") != "all":
        jobs = list({job.name: job for job in jobs}.values())
    return paged_under("jobs", [world().job_json(job) for job in jobs])


@routes.get(f"{_BASE}/actions/runs/<int:id_>/logs")
def run_logs(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    return redirect(download_link(f"runs/{_run(owner, repo, id_).id}.zip"), 302)


@routes.post(f"{_BASE}/actions/runs/<int:id_>/rerun-failed-jobs")
def rerun(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    run = _run(owner, repo, id_)
    if not services().actions.rerun_failed(run, g.login):
        raise ApiError(403, "This workflow run cannot be rerun: it is not complete or nothing failed")
    return jsonify({}), 201


@routes.post(f"{_BASE}/actions/runs/<int:id_>/cancel")
def cancel(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    run = _run(owner, repo, id_)
    if run.status == "completed":
        raise ApiError(409, "Cannot cancel a workflow run that is completed.")
    services().actions.cancel(run)
    return jsonify({}), 202


def _job(owner: str, repo: str, id_: int) -> Job:
    found = world().store.get(Job, id_)
    if found is None or found.repo != repository(owner, repo).name:
        raise not_found()
    return found


@routes.get(f"{_BASE}/actions/jobs/<int:id_>")
def get_job(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    return jsonify(world().job_json(_job(owner, repo, id_)))


@routes.get(f"{_BASE}/actions/jobs/<int:id_>/logs")
def job_logs(owner: str, repo: str, id_: int) -> ResponseReturnValue:
    job = _job(owner, repo, id_)
    if job.status != "completed" or not world().log_file(id_).exists():
        raise not_found()
    return redirect(download_link(f"jobs/{id_}.txt"), 302)


@downloads.get("/_download/jobs/<int:id_>.txt")
def job_log_text(id_: int) -> ResponseReturnValue:
    check_link(f"jobs/{id_}.txt")
    return Response(world().log_file(id_).read_bytes(), mimetype="text/plain")


@downloads.get("/_download/runs/<int:id_>.zip")
def run_log_zip(id_: int) -> ResponseReturnValue:
    check_link(f"runs/{id_}.zip")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for index, job in enumerate(world().store.all(Job, run=id_)):
            if world().log_file(job.id).exists():
                archive.write(world().log_file(job.id), f"{index}_{job.name.replace('/', '_')}.txt")
    return Response(buffer.getvalue(), mimetype="application/zip")
