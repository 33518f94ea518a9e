"""The demo's side of every conversation: Jira's, GitHub's and Slack's public APIs, and Ferry's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from ferry.adapters.adf import from_markdown
from ferry.domain.ci import CheckRun, CiState, judge
from local.demo.steps import Run, moment

FIRST = "pick_1"
Json = dict[str, Any]
REPORTER = "mara@acme.example"
LABEL = "AI"
SECONDS = 30


class DemoError(Exception):
    """Why the demo cannot go on, with the remedy, for a person."""


class Peers:
    """info: stack.json."""

    def __init__(self, info: Mapping[str, Any]) -> None:
        self.info = info
        self._http = requests.Session()
        self._http.trust_env = False

    def file_ticket(self, summary: str, description: str) -> str:
        """Create the issue; returns its key."""
        fields = {
            "project": {"key": self.info["jira_project"]},
            "issuetype": {"name": "Story"},
            "summary": summary,
            "description": from_markdown(description),
        }
        return str(self._jira("POST", "/rest/api/3/issue", {"fields": fields})["key"])

    def label(self, key: str) -> None:
        """What starts everything: Jira sends its webhook."""
        self._jira("PUT", f"/rest/api/3/issue/{key}", {"update": {"labels": [{"add": LABEL}]}})

    def story(self, task_id: str) -> Json:
        return self._operator(f"/tasks/{task_id}") or {}

    def receipt(self, delivery: str) -> Json | None:
        """None while there is none."""
        return self._operator(f"/deliveries/{delivery}")

    def webhooks_of(self, key: str) -> list[Json]:
        """What the Jira stand-in sent about `key`; nothing from a Jira that is not ours."""
        answer = self._send("GET", f"{self.info['jira']}/_standin/deliveries")
        sent = answer.json() if answer.ok else []
        return [delivery for delivery in sent if delivery["issue"] == key]

    def can_click(self) -> bool:
        """Whether Slack is the stand-in, where the demo may act for a person."""
        return self._send("GET", f"{self.info['slack']}/_standin/messages").ok

    def click(self, message: str, action: str, feedback: str, user: str = "approver") -> str:
        """Through a signed request; returns the delivery's name. message: ``<channel>:<ts>``; user: or ``other``."""
        channel, _, ts = message.partition(":")
        asked = {
            "user": self.info["slack_users"][user],
            "channel": channel,
            "ts": ts,
            "action_id": action,
            "state": {"feedback": {"text": {"type": "plain_text_input", "value": feedback}}},
        }
        answer = self._send("POST", f"{self.info['slack']}/_standin/click", json=asked)
        said: Json = answer.json() if answer.ok else {"status": answer.status_code, "body": answer.text}
        if said["status"] != requests.codes.ok:
            raise DemoError(f"the click was refused with {said['status']}: {said['body'][:300]}")
        return str(json.loads(said["body"])["delivery_id"])

    def name(self, user: str) -> str:
        """Of a Slack user's id; one that is not of the demo keeps it."""
        return next((f"@{name}" for name, id in self.info["slack_users"].items() if id == user), user)

    def choose(self, task_id: str) -> None:
        """The first candidate, as the approver would, where discovery asks which repository is meant. DemoError."""
        messages = self._send("GET", f"{self.info['slack']}/_standin/messages").json()["messages"]
        asks = [one for one in messages if f"{task_id}|" in json.dumps(one) and f'"{FIRST}"' in json.dumps(one)]
        if asks:
            self.click(f"{asks[-1]['channel']}:{asks[-1]['ts']}", FIRST, "")

    def runs(self, pulls: Sequence[Mapping[str, Any]]) -> list[Run]:
        """Workflow runs of the pull requests' branches, oldest first."""
        return [run for pull in pulls for run in self._runs(pull["repo"], pull["branch"])]

    def pull(self, repo: str, number: int) -> Json:
        found: Json = self._github(f"/repos/{repo}/pulls/{number}")
        return found

    def files(self, repo: str, number: int) -> list[Json]:
        found: list[Json] = self._github(f"/repos/{repo}/pulls/{number}/files?per_page=100")
        return found

    def green(self, repo: str, sha: str) -> bool:
        """What GitHub says of the commit, whatever the task believes."""
        checks = self._github(f"/repos/{repo}/commits/{sha}/check-runs?per_page=100")["check_runs"]
        read = (
            CheckRun(id=c["id"], name=c["name"], status=c["status"], conclusion=c["conclusion"] or "") for c in checks
        )
        return judge(read).state is CiState.PASSED

    def _runs(self, repo: str, branch: str) -> list[Run]:
        found = self._github(f"/repos/{repo}/actions/runs?branch={branch}&per_page=100")["workflow_runs"]
        return [self._run(repo, run) for run in reversed(found)]

    def _run(self, repo: str, run: Json) -> Run:
        red = run["conclusion"] == "failure"
        jobs = self._github(f"/repos/{repo}/actions/runs/{run['id']}/jobs")["jobs"] if red else []
        steps = [step["name"] for job in jobs for step in job["steps"] if step["conclusion"] == "failure"]
        ended = moment(run["updated_at"]) if run["status"] == "completed" else None
        began = moment(run["run_started_at"] or run["created_at"])
        return Run(repo, run["head_sha"], began, run["html_url"], run["conclusion"] or "", ended, tuple(steps))

    def _jira(self, method: str, path: str, body: Json) -> Json:
        login = (REPORTER, self.info["secrets"]["jira_token"])
        answer = self._send(method, self.info["jira"] + path, json=body, auth=login)
        if not answer.ok:
            raise DemoError(f"Jira answered {answer.status_code} to {method} {path}: {answer.text[:300]}")
        found: Json = answer.json() if answer.content else {}
        return found

    def _operator(self, path: str) -> Json | None:
        headers = {"Authorization": f"Bearer {self.info['secrets']['operator']}"}
        answer = self._send("GET", self.info["api"] + path, headers=headers)
        if answer.status_code == requests.codes.not_found:
            return None
        if not answer.ok:
            raise DemoError(f"Ferry's API answered {answer.status_code} to GET {path}: {answer.text[:300]}")
        found: Json = answer.json()
        return found

    def _send(self, method: str, url: str, **what: Any) -> requests.Response:
        try:
            return self._http.request(method, url, timeout=SECONDS, **what)
        except requests.RequestException as error:
            raise DemoError(f"nothing answers at {url} ({type(error).__name__}): has the stack stopped?") from error

    def _github(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.info['secrets']['github_token']}"}
        answer = self._send("GET", self.info["github"] + path, headers=headers)
        if not answer.ok:
            raise DemoError(f"GitHub answered {answer.status_code} to GET {path}: {answer.text[:300]}")
        return answer.json()
