"""The pages that links in messages open: organisation, repository, pull request, workflow run. Read-only."""

from __future__ import annotations

import re

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from local.standins.github.http import not_found, repository, world
from local.standins.github.markdown import to_html
from local.standins.github.records import CheckRun, Job, Pull, Run
from local.standins.github.records_required import Status

routes = Blueprint("web", __name__)
_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z ")


@routes.app_template_filter()
def markdown(text: str) -> Markup:
    return Markup(to_html(text))  # noqa: S704 - escaped there


@routes.get("/")
def home() -> ResponseReturnValue:
    pulls = list(reversed(world().store.all(Pull)))
    return render_template("home.html", org=world().urls.org, names=world().names(), pulls=pulls)


@routes.get("/<owner>/<repo>")
def repository_page(owner: str, repo: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    return render_template(
        "repository.html",
        org=owner,
        repo=at.name,
        url=world().urls.web(at.name, ".git"),
        branches=[ref.removeprefix("refs/heads/") for ref in at.refs("refs/heads")],
        pulls=list(reversed(world().store.all(Pull, repo=at.name))),
        runs=list(reversed(world().store.all(Run, repo=at.name)))[:30],
        commits=at.log("--max-count=20", at.default_branch),
    )


def _pull(owner: str, repo: str, number: int) -> Pull:
    found = world().pull(repository(owner, repo).name, number)
    if found is None:
        raise not_found()
    return found


@routes.get("/<owner>/<repo>/pull/<int:number>")
def pull_page(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    checks = world().store.all(CheckRun, repo=pull.repo, head_sha=pull.head_sha)
    return render_template(
        "pull.html",
        org=owner,
        pull=pull,
        checks=list({(check.suite, check.name): check for check in checks}.values()),
        commits=world().opened(pull.repo).log(pull.head_sha, f"^{pull.base_sha}")[::-1],
        files=world().changed(pull.repo, pull.base_sha, pull.head_sha),
        comments=world().comments(pull),
        statuses=list(
            {one.context: one for one in world().store.all(Status, repo=pull.repo, sha=pull.head_sha)}.values()
        ),
    )


@routes.get("/<owner>/<repo>/pull/<int:number>.diff")
def pull_diff(owner: str, repo: str, number: int) -> ResponseReturnValue:
    pull = _pull(owner, repo, number)
    text = world().opened(pull.repo).run("diff", f"{pull.base_sha}...{pull.head_sha}")
    return Response(text, mimetype="text/plain")


@routes.get("/<owner>/<repo>/actions/runs/<int:id_>")
@routes.get("/<owner>/<repo>/actions/runs/<int:id_>/job/<int:_job>")
def run_page(owner: str, repo: str, id_: int, _job: int = 0) -> ResponseReturnValue:
    run = world().store.get(Run, id_)
    if run is None or run.repo != repository(owner, repo).name:
        raise not_found()
    jobs = world().store.all(Job, run=run.id)
    logs = {job.id: _log(job) for job in jobs}
    return render_template("run.html", org=owner, run=run, jobs=jobs, logs=logs)


def _log(job: Job) -> list[tuple[str, str]]:
    """(kind, text) of each line; kind picks the colour."""
    file = world().log_file(job.id)
    lines = file.read_text(errors="replace").splitlines() if file.exists() else []
    return [_line(_STAMP.sub("", line)) for line in lines]


def _line(text: str) -> tuple[str, str]:
    for mark, kind in (("##[error]", "bad"), ("##[group]", "head"), ("##[endgroup]", "end")):
        if text.startswith(mark):
            return kind, text.removeprefix(mark)
    return "", text


@routes.get("/<owner>/<repo>/<any(blob,raw):_kind>/<sha>/<path:path>")
def file_page(owner: str, repo: str, _kind: str, sha: str, path: str) -> ResponseReturnValue:
    found = repository(owner, repo).read(f"{sha}:{path}")
    if found is None or found.kind != "blob":
        raise not_found()
    return Response(found.data, mimetype="text/plain")


@routes.get("/<owner>/<repo>/commit/<sha>")
def commit_page(owner: str, repo: str, sha: str) -> ResponseReturnValue:
    at = repository(owner, repo)
    commit = at.commit(sha)
    if commit is None:
        raise not_found()
    return Response(at.run("show", "--stat", "--patch", commit.sha), mimetype="text/plain")
