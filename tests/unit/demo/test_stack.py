"""Which stack the demo runs on, and when it may do without a sandbox."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from local.demo.main import main
from local.demo.peers import DemoError
from local.demo.stack import running_stack
from local.own import sandbox_warning


@pytest.fixture
def busy(tmp_path: Path) -> Path:
    """A checkout whose stack is up; its lock goes with the test."""
    folder = tmp_path / ".local"
    folder.mkdir()
    (folder / "stack.json").write_text('{"api": "http://127.0.0.1:1"}')
    return tmp_path


def test_a_running_stack_is_used(busy: Path) -> None:
    with (busy / ".local" / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ground = running_stack({"MODEL": ""}, busy)

    assert ground is not None
    assert ground.info["api"] == "http://127.0.0.1:1"
    assert not ground.own


def test_what_counts_only_at_a_start_is_refused_with_a_running_stack(busy: Path) -> None:
    with (busy / ".local" / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(DemoError, match="MODEL counts when a stack starts"):
            running_stack({"MODEL": "bedrock:x"}, busy)


def test_the_samples_own_code_may_run_without_a_sandbox_and_one_line_says_so() -> None:
    assert sandbox_warning({}, "bwrap is not on PATH\nmore").count("\n") == 0
    assert "bwrap is not on PATH" in sandbox_warning({}, "bwrap is not on PATH")


@pytest.mark.parametrize("environ", [{"GITHUB_API_URL": "https://api.github.com"}, {"SANDBOX": "bubblewrap"}])
def test_anybody_elses_code_never_does_by_itself(environ: dict[str, str]) -> None:
    assert sandbox_warning(environ, "bwrap is not on PATH") == ""


def test_with_a_sandbox_nothing_is_said() -> None:
    assert sandbox_warning({}, "") == ""


def test_wrong_usage_is_told_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--no"], {}) == 2
    assert capsys.readouterr().err.startswith("usage: ")


def test_a_wrong_model_stops_before_anything_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], {"MODEL": "gpt"}) == 2
    assert capsys.readouterr().err.startswith("Stopped: MODEL is bedrock:")
