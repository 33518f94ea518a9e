"""What reports on a commit and what its branch requires: GitHub's adapter against the stand-in over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask, Response

from ferry.adapters.github import GitHubForge
from ferry.adapters.github_auth import fixed_token
from ferry.adapters.github_http import GitHubApi
from ferry.adapters.github_logs import BEGINNING, END
from ferry.adapters.http_retry import Patience
from ferry.domain.change import FileChange
from ferry.domain.ci import CheckRun, CiState, RequiredCheck, judge
from ferry.domain.errors import NotFound, VendorRefused
from local.server import serve
from tests.contract.github_peer import NAME, TOKEN, Peer, forge_of, peer, session_of, until


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Peer]:
    with peer(tmp_path) as peer_:
        yield peer_


def post(at: Peer, path: str, body: dict[str, Any], method: str = "POST") -> requests.Response:
    session = session_of(at.url)
    answer = session.request(method, at.url + path, json=body, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    assert answer.ok, answer.text
    return answer


def main_of(at: Peer) -> str:
    sha = forge_of(at).head(NAME, "main")
    assert sha
    return sha


def test_what_protection_and_rulesets_require_is_read_with_the_app_that_counts(at: Peer) -> None:
    forge = forge_of(at)
    assert forge.required_checks(NAME, "main") == ()
    checks = [{"context": "test", "app_id": 15368}, {"context": "lint", "app_id": -1}]
    asked = {"required_status_checks": {"strict": False, "checks": checks}}
    post(at, f"/repos/{NAME}/branches/main/protection", asked, "PUT")
    rule = {"required_status_checks": [{"context": "lint"}, {"context": "cover", "integration_id": 7}]}
    ruleset = {"name": "r", "enforcement": "active", "rules": [{"type": "required_status_checks", "parameters": rule}]}
    post(at, f"/repos/{NAME}/rulesets", ruleset)

    found = forge.required_checks(NAME, "main")

    assert found == (RequiredCheck("test", 15368), RequiredCheck("lint"), RequiredCheck("cover", 7))


def test_contexts_of_an_older_server_are_required_of_anybody(at: Peer) -> None:
    asked = {"required_status_checks": {"strict": False, "contexts": ["jenkins/build"]}}
    post(at, f"/repos/{NAME}/branches/main/protection", asked, "PUT")

    assert forge_of(at).required_checks(NAME, "main") == (RequiredCheck("jenkins/build"),)
    with pytest.raises(NotFound):
        forge_of(at).required_checks(NAME, "nowhere")


def test_a_commit_status_counts_like_a_check_and_its_newest_word_alone(at: Peer) -> None:
    sha, url = main_of(at), f"/repos/{NAME}/statuses/"
    post(at, url + sha, {"state": "pending", "context": "jenkins/build"})
    assert forge_of(at).check_runs(NAME, sha) == (CheckRun(id=0, name="jenkins/build", status="in_progress"),)

    post(at, url + sha, {"state": "error", "context": "jenkins/build", "target_url": "https://ci.test/1"})

    [found] = forge_of(at).check_runs(NAME, sha)
    assert (found.status, found.conclusion, found.url) == ("completed", "failure", "https://ci.test/1")
    [event] = [event for event in at.receiver.events if event.name == "status" and event.body["state"] == "error"]
    assert event.body["branches"][0]["name"] == "main"


def test_checks_of_ferrys_own_app_are_left_out(at: Peer) -> None:
    sha = main_of(at)
    post(at, f"/repos/{NAME}/check-runs", {"name": "set", "head_sha": sha, "conclusion": "success"})
    [seen] = forge_of(at).check_runs(NAME, sha)

    ours = GitHubForge(GitHubApi(at.url, fixed_token(TOKEN), session=session_of(at.url)), app_id=str(seen.app))

    assert ours.check_runs(NAME, sha) == ()


def test_a_workflow_that_never_started_is_red_although_it_has_no_job(tmp_path: Path) -> None:
    with peer(tmp_path, "on: pull_request\njobs: 3\n") as at:
        sha = opened(at)

        found = until(lambda: [check for check in forge_of(at).check_runs(NAME, sha) if check.conclusion])

        assert [(check.id, check.conclusion) for check in found] == [(0, "startup_failure")]
        assert judge(found).state is CiState.FAILED


def test_between_two_jobs_the_suite_says_that_more_is_to_come_and_an_app_that_never_reports_is_not_waited_for() -> None:
    silent = suite(8, "queued", "never-reports")
    between = Scripted([run(1, "build", 9)], [suite(9, "in_progress", "github-actions"), silent])
    after = Scripted([run(1, "build", 9)], [suite(9, "completed", "github-actions"), silent])

    with between.forge() as forge:
        assert judge(forge.check_runs(NAME, "abc")).state is CiState.PENDING
    with after.forge() as forge:
        assert judge(forge.check_runs(NAME, "abc")).state is CiState.PASSED


def test_a_failed_job_is_started_again_and_both_attempts_can_be_read(tmp_path: Path) -> None:
    flag = tmp_path / "flag"
    ci = f"on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: test -e {flag}\n"
    with peer(tmp_path, ci) as at:
        sha, forge = opened(at), forge_of(at)
        [first] = until(lambda: [check for check in forge.check_runs(NAME, sha) if check.red])
        flag.touch()

        forge.rerun_failed(NAME, first.id)

        until(lambda: judge(forge.check_runs(NAME, sha)).state is CiState.PASSED)
        assert {check.conclusion for check in forge.check_runs(NAME, sha, every=True)} == {"failure", "success"}
        with pytest.raises(VendorRefused):
            forge.rerun_failed(NAME, forge.check_runs(NAME, sha)[0].id)
        with pytest.raises(NotFound):
            forge.rerun_failed(NAME, 999_999)


def test_of_a_huge_log_the_beginning_and_the_end_are_kept_and_the_rest_is_counted() -> None:
    line = b"x" * 99 + b"\n"
    lines = 20 * END // len(line)
    log = (b"the beginning\n", *(line for _ in range(lines)), b"the end\n")

    with Scripted(log=log).forge() as forge:
        text = forge.job_log(NAME, 1)

    left_out = int(text.partition("bytes left out")[0].rpartition("[")[2])
    assert text.startswith("the beginning\n")
    assert text.endswith("the end\n")
    assert len(text) < BEGINNING + END + (1 << 17) + 100
    kept = len(text) - len(f"\n[{left_out} bytes left out]\n")
    assert kept + left_out == lines * len(line) + len(b"the beginning\nthe end\n")


class Scripted:
    """GitHub over HTTP whose words about one commit, and whose log, the test decides."""

    def __init__(self, runs: Sequence[Any] = (), suites: Sequence[Any] = (), log: Iterable[bytes] = ()) -> None:
        self.app = Flask("github")
        at = f"/repos/{NAME}/commits/abc"
        said = {
            "check-runs": {"check_runs": runs},
            "check-suites": {"check_suites": suites},
            "status": {"statuses": []},
        }
        for path, body in said.items():
            self.app.add_url_rule(f"{at}/{path}", path, lambda body=body: body)
        self.app.add_url_rule(f"/repos/{NAME}/actions/jobs/1/logs", "log", lambda: Response(log))

    @contextmanager
    def forge(self) -> Iterator[GitHubForge]:
        server = serve(self.app)
        yield GitHubForge(GitHubApi(server.url, fixed_token("t"), patience=Patience(sleep=lambda _: None)))
        server.stop()


def run(id: int, name: str, suite: int) -> dict[str, Any]:
    links = {"html_url": "", "details_url": ""}
    return {
        "id": id,
        "name": name,
        "status": "completed",
        "conclusion": "success",
        "check_suite": {"id": suite},
        **links,
    }


def suite(id: int, status: str, slug: str) -> dict[str, Any]:
    return {"id": id, "status": status, "conclusion": None, "app": {"id": id, "slug": slug, "name": slug}}


def opened(at: Peer) -> str:
    forge, main = forge_of(at), main_of(at)
    forge.create_branch(NAME, "ferry/one", main)
    sha = forge.commit(NAME, "ferry/one", parent=main, message="M", changes=[FileChange("a", b"a")])
    forge.open_draft(NAME, branch="ferry/one", base="main", title="T", body="")
    return sha
