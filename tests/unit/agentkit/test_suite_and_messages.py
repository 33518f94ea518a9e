from __future__ import annotations

from pathlib import Path

import pytest

from ferry.agentkit.commit_message import check_commit_message
from ferry.agentkit.suite import NODE, PYTEST, Verdict, command_for
from ferry.domain.errors import WorkNotDone
from ferry.ports import CommandResult


def verdict(output: str, exit_code: int = 0, timed_out: bool = False) -> Verdict:
    return Verdict(CommandResult(exit_code, output, 1, timed_out))


@pytest.mark.parametrize(
    ("output", "passed", "failed"),
    [
        ("...\n14 passed in 0.12s", 14, 0),
        ("1 failed, 3 passed, 2 skipped in 0.10s", 3, 1),
        ("3 passed, 1 warning, 2 errors in 0.10s", 3, 2),
        ("1 error in 0.10s", 0, 1),
        ("1 xfailed, 2 xpassed in 0.1s", 0, 0),
        ("no tests ran in 0.01s", 0, 0),
        ("# tests 3\n# pass 2\n# fail 1\n# cancelled 0", 2, 1),
        ("ℹ tests 3\nℹ pass 3\nℹ fail 0", 3, 0),
        ("99 passed, says a test\n2 passed in 0.01s", 2, 0),
        ("\x1b[31m\x1b[1m1 failed\x1b[0m, \x1b[32m14 passed\x1b[0m\x1b[31m in 0.1s\x1b[0m", 14, 1),
        ("", 0, 0),
    ],
)
def test_counts_are_read_from_the_runners_own_summary(output: str, passed: int, failed: int) -> None:
    assert (verdict(output).passed, verdict(output).failed) == (passed, failed)


@pytest.mark.parametrize(
    ("result", "green", "red"),
    [
        pytest.param(verdict("2 passed in 1s"), True, False, id="passed"),
        pytest.param(verdict("1 failed in 1s", 1), False, True, id="failed"),
        pytest.param(verdict("1 error in 1s", 2), False, True, id="not importable"),
        pytest.param(verdict("2 skipped in 1s"), False, False, id="all skipped"),
        pytest.param(verdict("no tests ran", 5), False, False, id="no tests"),
        pytest.param(verdict("usage", 4), False, False, id="wrong usage"),
        pytest.param(verdict("1 failed in 1s", 124, timed_out=True), False, False, id="timed out"),
        pytest.param(verdict("node: No such file or directory", 127), False, False, id="no runner"),
        pytest.param(verdict("python: No module named pytest", 1), False, False, id="no pytest"),
    ],
)
def test_only_tests_that_ran_are_green_or_red(result: Verdict, green: bool, red: bool) -> None:
    assert (result.green, result.red) == (green, red)


@pytest.mark.parametrize(
    ("file", "command"), [("pyproject.toml", PYTEST), ("pytest.ini", PYTEST), ("package.json", NODE)]
)
def test_the_test_command_follows_from_the_files_of_a_repository(
    tmp_path: Path, file: str, command: tuple[str, ...]
) -> None:
    (tmp_path / file).touch()

    assert command_for(tmp_path) == command


def test_a_repository_without_a_known_test_command_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(WorkNotDone, match=r"looked for pyproject\.toml, .*package\.json"):
        command_for(tmp_path)


@pytest.mark.parametrize("message", ["feat: x", "fix(pricing): y\n\nWhy.\n", "refactor(a/b)!: z", "  style: trimmed  "])
def test_conventional_messages_are_taken(message: str) -> None:
    assert check_commit_message(message) == message.strip()


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("", "conventional"),
        ("added x", "conventional"),
        ("feat:x", "conventional"),
        ("feat: " + "x" * 67, "73 characters"),
        ("feat: x [skip ci]", "skip CI"),
        ("feat: x\n\nbody [No CI] there", "skip CI"),
        ("feat: x\n\nskip-checks: true", "skip CI"),
        ("feat: x\n\nFerry-Task: other", "trailers"),
        ("feat: x\n\nCo-authored-by: Eve <e@x>", "trailers"),
    ],
)
def test_a_message_may_not_reach_beyond_its_commit(message: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_commit_message(message)
