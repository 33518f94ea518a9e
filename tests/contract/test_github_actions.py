"""The stand-in's Actions: a workflow file really runs, and its runs, jobs and logs look like GitHub's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import requests

from tests.contract.github_peer import NAME, peer, until
from tests.contract.github_play import Play, run_of, workflow


def test_steps_run_in_the_checkout_with_githubs_environment(tmp_path: Path) -> None:
    steps = """
- uses: actions/checkout@v4
- uses: actions/setup-python@v5
- run: |
    sh check.sh
    echo "sha=$GITHUB_SHA head=$GITHUB_HEAD_REF base=$GITHUB_BASE_REF repo=$GITHUB_REPOSITORY ci=$CI level=$LEVEL"
    echo "at=$(git rev-parse HEAD)"
    echo "LATER=kept" >> "$GITHUB_ENV"
    echo "answer=42" >> "$GITHUB_OUTPUT"
  id: first
  env: {LEVEL: step}
- run: echo "$LATER ${{ steps.first.outputs.answer }} ${{ github.event.pull_request.number }} ${{ env.LEVEL }}"
  working-directory: src
- run: python -c "import sys; print(sys.executable)"
"""
    run, job, log = run_of(tmp_path, workflow(steps, "on: pull_request\nenv: {LEVEL: workflow}"))
    assert (run["conclusion"], job["conclusion"]) == ("success", "success")
    assert f"sha={run['head_sha']} head=ferry/one base=main repo={NAME} ci=true level=step" in log
    assert f"at={run['head_sha']}" in log
    assert "kept 42 1 workflow" in log
    assert "checked out" in log
    assert [step["conclusion"] for step in job["steps"]] == ["success"] * 7


def test_nothing_of_this_process_reaches_a_step(tmp_path: Path) -> None:
    assert "PYTEST_CURRENT_TEST" in os.environ
    _, _, log = run_of(tmp_path, workflow("- run: env"))
    assert "PYTEST_CURRENT_TEST" not in log
    assert "GITHUB_ACTIONS=true" in log


def test_a_failing_step_ends_the_job_but_for_what_always_runs(tmp_path: Path) -> None:
    steps = """
- run: echo before; exit 3
- run: echo never
- run: echo after failure
  if: failure()
- run: echo always
  if: ${{ always() }}
"""
    run, job, log = run_of(tmp_path, workflow(steps))
    assert run["conclusion"] == "failure"
    assert [step["conclusion"] for step in job["steps"][1:-1]] == ["failure", "skipped", "success", "success"]
    assert "##[error]Process completed with exit code 3." in log
    assert "##[group]Run echo before; exit 3" in log
    assert "echo never" not in log


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("- uses: docker/build-push-action@v5", "docker/build-push-action@v5 is not supported"),
        ("- run: echo\n  if: hashFiles('x') == ''", "hashFiles() is not supported"),
        ("- run: echo ${{ nonsense.here }}", "unknown name 'nonsense'"),
        ("- run: sleep 30\n  timeout-minutes: 0.005", "timed out"),
        ("- run: echo\n  working-directory: nowhere", "An error occurred trying to start process"),
        ("- run: echo\n  shell: pwsh", "'pwsh' is not supported"),
    ],
)
def test_what_the_runner_cannot_do_fails_with_its_reason(tmp_path: Path, step: str, message: str) -> None:
    run, _, log = run_of(tmp_path, workflow(step))
    assert run["conclusion"] == "failure"
    assert message in log


def test_a_matrix_makes_a_job_of_each_combination_and_needs_are_kept(tmp_path: Path) -> None:
    text = """
name: CI
on: {pull_request: {branches: [main]}}
jobs:
  test:
    runs-on: ubuntu-latest
    strategy: {fail-fast: false, matrix: {n: [1, 2]}}
    outputs: {said: "${{ steps.say.outputs.word }}"}
    steps: [{id: say, run: "echo word=n${{ matrix.n }} >> $GITHUB_OUTPUT; exit $(( ${{ matrix.n }} - 1 ))"}]
  after:
    needs: test
    runs-on: ubuntu-latest
    steps: [{run: "true"}]
  report:
    needs: [test, after]
    if: always()
    runs-on: ubuntu-latest
    steps: [{run: "echo ${{ needs.test.result }} ${{ needs.test.outputs.said }}"}]
"""
    with peer(tmp_path, text) as at:
        play = Play(at)
        play.commit(a="a")
        play.open()
        jobs = play.jobs(play.finished())
        conclusions = {name: job["conclusion"] for name, job in jobs.items()}
        assert conclusions == {"test (1)": "success", "test (2)": "failure", "after": "skipped", "report": "success"}
        assert " failure n2\n" in play.log(jobs["report"])


def test_a_newer_push_cancels_the_run_of_its_group(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        play = Play(at)
        first = play.commit(check__sh="echo started\nsleep 60\n")
        play.open()
        until(lambda: [run for run in play.runs(first) if run["status"] == "in_progress"])
        second = play.commit(check__sh="echo\n")
        assert play.finished(first)["conclusion"] == "cancelled"
        assert play.finished(second)["conclusion"] == "success"
        assert [check.conclusion for check in play.forge.check_runs(NAME, first)] == ["cancelled"]


def test_closing_the_pull_request_cancels_its_run(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        play = Play(at)
        play.commit(check__sh="sleep 60\n")
        number = play.open()
        until(lambda: [run for run in play.runs() if run["status"] == "in_progress"])
        play.forge.close_pull_request(NAME, number)
        assert play.finished()["conclusion"] == "cancelled"


def test_failed_jobs_run_again_as_a_second_attempt(tmp_path: Path) -> None:
    """The step fails until a file outside its checkout is there: a flaky test."""
    flag = tmp_path / "flag"
    with peer(tmp_path, workflow(f"- run: test -e {flag}")) as at:
        play = Play(at)
        play.commit(a="a")
        play.open()
        run = play.finished()
        assert run["conclusion"] == "failure"
        flag.touch()
        reply = play.session.post(f"{at.url}/repos/{NAME}/actions/runs/{run['id']}/rerun-failed-jobs")
        assert reply.status_code == 201
        again = until(lambda: [r for r in play.runs() if r["run_attempt"] == 2 and r["status"] == "completed"])[0]
        assert again["conclusion"] == "success"
        assert [check.conclusion for check in play.forge.check_runs(NAME, play.head)] == ["success"]


def test_a_broken_workflow_file_is_a_startup_failure(tmp_path: Path) -> None:
    with peer(tmp_path, "name: [unclosed") as at:
        play = Play(at)
        play.commit(a="a")
        play.open()
        assert play.finished()["conclusion"] == "startup_failure"


def test_records_survive_a_restart_and_a_run_cut_off_is_cancelled(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        play = Play(at)
        play.commit(check__sh="sleep 60\n")
        play.open()
        until(lambda: [run for run in play.runs() if run["status"] == "in_progress"])
        at.restart()
        assert play.finished()["conclusion"] == "cancelled"
        assert play.forge.find_pull_request(NAME, "ferry/one")


def test_the_pages_open_and_escape_what_people_wrote(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        play = Play(at)
        play.commit(check__sh="echo '<script>alert(1)</script>'\n")
        number = play.open()
        play.forge.update_pull_request(NAME, number, title="<b>bold</b>", body="<img src=x onerror=alert(1)>")
        run = play.finished()
        for page in ("/", f"/{NAME}", f"/{NAME}/pull/{number}", f"/{NAME}/actions/runs/{run['id']}"):
            reply = requests.get(at.url + page, timeout=5)
            assert reply.status_code == 200
            assert not any(bad in reply.text for bad in ("<script>alert", "<b>bold", "<img src=x"))
        assert "&lt;script&gt;" in reply.text
