"""GitHub's checks: check runs, commit statuses, suites, what a branch requires, re-runs.

https://docs.github.com/rest/checks, /rest/commits/statuses, /rest/branches/branches#get-a-branch and
/rest/repos/rules#get-rules-for-a-branch: the last two tell what is required to whoever may read the repository.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ferry.adapters.github_history import path_of
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.github_logs import bounded
from ferry.domain.ci import OWN, CheckRun, RequiredCheck
from ferry.domain.errors import NotFound, VendorRefused

_ACTIONS = "github-actions"
# A status has a state where a check run has status and conclusion.
_STATES = {"success": "success", "failure": "failure", "error": "failure"}
_FAR_FROM_GREEN = frozenset({"failure", "startup_failure", "action_required", "timed_out", "cancelled", "stale"})
Json = dict[str, Any]


class GitHubChecks:
    """app_id: Ferry's own GitHub App, whose checks are left out; empty with a personal token, which can make none."""

    def __init__(self, api: GitHubApi, app_id: str = "") -> None:
        self._api = api
        self._app_id = app_id

    def check_runs(self, repo: str, sha: str, *, every: bool = False) -> tuple[CheckRun, ...]:
        at = f"/repos/{repo}/commits/{sha}"
        runs = [run for run in self._api.pages(f"{at}/check-runs", _filter(every), "check_runs") if not self._own(run)]
        suites = [suite for suite in self._api.pages(f"{at}/check-suites", {}, "check_suites") if not self._own(suite)]
        told = self._api.pages(f"{at}/status", {}, "statuses")
        statuses = [status for status in told if not status["context"].startswith(OWN)]
        return (*map(_check, runs), *_unsaid(suites, runs), *map(_status, statuses))

    def required_checks(self, repo: str, branch: str) -> tuple[RequiredCheck, ...]:
        name = path_of(branch)
        protection = self._api.call("GET", f"/repos/{repo}/branches/{name}").json().get("protection") or {}
        asked = protection.get("required_status_checks") or {}
        if asked.get("enforcement_level") == "off":
            asked = {}
        listed = asked.get("checks") or [{"context": context} for context in asked.get("contexts") or ()]
        found = [_required(one, "app_id") for one in listed]
        return tuple(dict.fromkeys([*found, *self._ruled(repo, name)]))

    def rerun_failed(self, repo: str, job: int) -> None:
        run = self._api.call("GET", f"/repos/{repo}/actions/jobs/{job}").json()["run_id"]
        self._api.call("POST", f"/repos/{repo}/actions/runs/{run}/rerun-failed-jobs")

    def job_log(self, repo: str, job: int) -> str:
        answer = self._api.call("GET", f"/repos/{repo}/actions/jobs/{job}/logs", stream=True)
        return bounded(answer, f"the log of job {job} of {repo}")

    def _ruled(self, repo: str, branch: str) -> Iterator[RequiredCheck]:
        """By rulesets. Servers that are too old answer 404, plans without rulesets 403: then none applies."""
        try:
            for rule in self._api.pages(f"/repos/{repo}/rules/branches/{branch}", {}):
                if rule.get("type") == "required_status_checks":
                    checks = (rule.get("parameters") or {}).get("required_status_checks") or ()
                    yield from (_required(one, "integration_id") for one in checks)
        except NotFound:
            return
        except VendorRefused as refused:
            if refused.status != 403:
                raise

    def _own(self, what: Json) -> bool:
        return bool(self._app_id) and str((what.get("app") or {}).get("id")) == self._app_id


def _filter(every: bool) -> dict[str, str]:
    return {"filter": "all" if every else "latest"}


def _check(run: Json) -> CheckRun:
    return CheckRun(
        id=run["id"],
        name=run["name"],
        status=run["status"],
        conclusion=run["conclusion"] or "",
        url=run["html_url"] or run["details_url"] or "",
        app=(run.get("app") or {}).get("id") or 0,
    )


def _status(status: Json) -> CheckRun:
    conclusion = _STATES.get(status["state"], "")
    done = "completed" if conclusion else "in_progress"
    url = status.get("target_url") or ""
    return CheckRun(id=0, name=status["context"], status=done, conclusion=conclusion, url=url)


def _unsaid(suites: list[Json], runs: list[Json]) -> Iterator[CheckRun]:
    """Between two jobs of a workflow no run tells that more are to come, and a workflow that never started has none.

    GitHub makes a suite for every App that could report, and most never do: those count only once they have a run.
    """
    for suite in suites:
        app = suite.get("app") or {}
        mine = [run for run in runs if (run.get("check_suite") or {}).get("id") == suite["id"]]
        name, id = f"suite of {app.get('name') or 'an app'}", app.get("id") or 0
        if suite["status"] != "completed":
            told = any(run["status"] != "completed" for run in mine)
            if not told and (mine or app.get("slug") == _ACTIONS):
                yield CheckRun(id=0, name=name, status="in_progress", app=id)
        elif not mine and suite.get("conclusion") in _FAR_FROM_GREEN:
            yield CheckRun(id=0, name=name, status="completed", conclusion=suite["conclusion"], app=id)


def _required(one: Json, app: str) -> RequiredCheck:
    """An App's id of -1 or none at all: whoever reports it."""
    return RequiredCheck(str(one["context"]), max(int(one.get(app) or 0), 0))
