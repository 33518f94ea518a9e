"""Check runs, suites, workflow runs and jobs in GitHub's shape."""

from __future__ import annotations

from dataclasses import asdict

from local.standins.github.commits import Commit
from local.standins.github.records import CheckRun, Job, Run, Suite
from local.standins.github.shapes import BORN, Json, Urls, app, number, user
from local.standins.github.shapes_git import simple_commit


def check_run(urls: Urls, of: CheckRun, pulls: list[Json]) -> Json:
    url = urls.api(of.repo, f"/check-runs/{of.id}")
    page = of.details_url or urls.web(of.repo, f"/runs/{of.id}")
    return {
        "id": of.id,
        "node_id": f"CR_{of.id}",
        "head_sha": of.head_sha,
        "external_id": of.external_id,
        "url": url,
        "html_url": page,
        "details_url": page,
        "status": of.status,
        "conclusion": of.conclusion,
        "started_at": of.started_at,
        "completed_at": of.completed_at,
        "name": of.name,
        "output": {
            "title": of.title,
            "summary": of.summary,
            "text": of.text,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": of.suite},
        "app": app(urls, of.app),
        "pull_requests": pulls,
    }


def suite(urls: Urls, of: Suite, head: Commit, runs: int, pulls: list[Json]) -> Json:
    url = urls.api(of.repo, f"/check-suites/{of.id}")
    return {
        "id": of.id,
        "node_id": f"CS_{of.id}",
        "head_branch": of.head_branch,
        "head_sha": of.head_sha,
        "status": of.status,
        "conclusion": of.conclusion,
        "url": url,
        "before": head.parents[0] if head.parents else None,
        "after": of.head_sha,
        "pull_requests": pulls,
        "app": app(urls, of.app),
        "created_at": of.created_at,
        "updated_at": of.updated_at,
        "latest_check_runs_count": runs,
        "check_runs_url": f"{url}/check-runs",
        "head_commit": simple_commit(head),
    }


def run(urls: Urls, of: Run, head: Commit, repository: Json, pulls: list[Json]) -> Json:
    url = urls.api(of.repo, f"/actions/runs/{of.id}")
    actor = user(urls, of.actor)
    return {
        "id": of.id,
        "name": of.name,
        "node_id": f"WFR_{of.id}",
        "head_branch": of.head_branch,
        "head_sha": of.head_sha,
        "path": of.path,
        "display_title": of.title,
        "run_number": of.number,
        "event": of.event,
        "status": of.status,
        "conclusion": of.conclusion,
        "workflow_id": workflow_id(of),
        "check_suite_id": of.suite,
        "check_suite_node_id": f"CS_{of.suite}",
        "url": url,
        "html_url": urls.web(of.repo, f"/actions/runs/{of.id}"),
        "pull_requests": pulls,
        "created_at": of.created_at,
        "updated_at": of.updated_at,
        "actor": actor,
        "run_attempt": of.attempt,
        "referenced_workflows": [],
        "run_started_at": of.started_at,
        "triggering_actor": actor,
        **{f"{name}_url": f"{url}/{name}" for name in ("jobs", "logs", "artifacts", "cancel", "rerun")},
        "check_suite_url": urls.api(of.repo, f"/check-suites/{of.suite}"),
        "previous_attempt_url": f"{url}/attempts/{of.attempt - 1}" if of.attempt > 1 else None,
        "workflow_url": urls.api(of.repo, f"/actions/workflows/{workflow_id(of)}"),
        "head_commit": simple_commit(head),
        "repository": repository,
        "head_repository": repository,
    }


def workflow_id(of: Run) -> int:
    return number(f"workflow {of.repo} {of.path}")


def workflow(urls: Urls, of: Run) -> Json:
    id_ = workflow_id(of)
    return {
        "id": id_,
        "node_id": f"W_{id_}",
        "name": of.name,
        "path": of.path,
        "state": "active",
        "created_at": BORN,
        "updated_at": BORN,
        "url": urls.api(of.repo, f"/actions/workflows/{id_}"),
        "html_url": urls.web(of.repo, f"/blob/{of.head_sha}/{of.path}"),
        "badge_url": urls.web(of.repo, f"/workflows/{number(of.name)}/badge.svg"),
    }


def job(urls: Urls, of: Job, in_run: Run) -> Json:
    return {
        "id": of.id,
        "run_id": of.run,
        "workflow_name": in_run.name,
        "head_branch": in_run.head_branch,
        "run_url": urls.api(of.repo, f"/actions/runs/{of.run}"),
        "run_attempt": of.attempt,
        "node_id": f"CR_{of.id}",
        "head_sha": in_run.head_sha,
        "url": urls.api(of.repo, f"/actions/jobs/{of.id}"),
        "html_url": job_page(urls, of.repo, of.run, of.id),
        "status": of.status,
        "conclusion": of.conclusion,
        "created_at": of.created_at,
        "started_at": of.started_at,
        "completed_at": of.completed_at,
        "name": of.name,
        "steps": [asdict(step) for step in of.steps],
        "check_run_url": urls.api(of.repo, f"/check-runs/{of.id}"),
        "labels": of.labels,
        "runner_id": 1,
        "runner_name": "ferry-local-runner",
        "runner_group_id": 1,
        "runner_group_name": "Default",
    }


def job_page(urls: Urls, repo: str, run_id: int, job_id: int) -> str:
    return urls.web(repo, f"/actions/runs/{run_id}/job/{job_id}")
