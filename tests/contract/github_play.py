"""One pull request on the stand-in whose branch is changed, and what Actions makes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ferry.domain.change import FileChange
from tests.contract.github_peer import NAME, TOKEN, Peer, forge_of, peer, session_of, until


class Play:
    def __init__(self, at: Peer) -> None:
        self.at, self.forge, self.session = at, forge_of(at), session_of(at.url)
        self.session.headers["Authorization"] = f"Bearer {TOKEN}"
        main = self.forge.head(NAME, "main")
        assert main
        self.head = main
        self.forge.create_branch(NAME, "ferry/one", main)

    def commit(self, **files: str) -> str:
        changes = [FileChange(path.replace("__", "."), text.encode()) for path, text in files.items()]
        self.head = self.forge.commit(NAME, "ferry/one", parent=self.head, message="Change", changes=changes)
        return self.head

    def open(self) -> int:
        return self.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="").number

    def get(self, path: str) -> Any:
        reply = self.session.get(f"{self.at.url}/repos/{NAME}{path}")
        assert reply.ok, reply.text
        return reply.json()

    def runs(self, sha: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"/actions/runs?head_sha={sha or self.head}")["workflow_runs"]
        return found

    def finished(self, sha: str = "") -> dict[str, Any]:
        return until(lambda: [run for run in self.runs(sha) if run["status"] == "completed"])[0]

    def jobs(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        return {job["name"]: job for job in self.get(f"/actions/runs/{run['id']}/jobs")["jobs"]}

    def log(self, job: dict[str, Any]) -> str:
        return self.forge.job_log(NAME, job["id"])


def workflow(steps: str, head: str = "on: pull_request") -> str:
    lines = [f"      {line}" for line in steps.strip().splitlines()]
    top = ["name: CI", head, "jobs:", "  test:", "    runs-on: ubuntu-latest", "    steps:"]
    return "\n".join([*top, *lines])


def run_of(tmp_path: Path, text: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """(run, its only job, its log) of a workflow on a new pull request."""
    with peer(tmp_path, text) as at:
        play = Play(at)
        play.commit(check__sh="echo checked out\n")
        play.open()
        run = play.finished()
        job = next(iter(play.jobs(run).values()))
        return run, job, play.log(job)
