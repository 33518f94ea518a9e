"""What Actions shows of itself: runs, jobs, logs (docs.github.com/rest/actions)."""

from __future__ import annotations

from flask import Blueprint, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from local.standins.github.downloads import download_link
from local.standins.github.http import ApiError, not_found, paged_under, repository, services, world
from local.standins.github.records import Job, Run

routes = Blueprint("actions", __name__)
_BASE = "/repos/<owner>/<repo>"
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
