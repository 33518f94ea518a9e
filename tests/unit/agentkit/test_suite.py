"""What a run of tests says, and which runner a repository has; the runners themselves are in tests/contract."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ferry.adapters.plain_process import PlainProcess
from ferry.agentkit.runners import projects
from ferry.agentkit.runners.javascript import node_of
from ferry.agentkit.suite import Suite, Verdict
from ferry.domain.errors import WorkNotDone
from ferry.domain.proof import Outcome, Status
from ferry.ports import CommandResult

PASSED, FAILED, ERROR, SKIPPED = (Outcome(Status(word)) for word in ("passed", "failed", "error", "skipped"))


def verdict(*outcomes: Outcome, code: int = 0, trouble: str = "") -> Verdict:
    results = {f"t.py::{number}": outcome for number, outcome in enumerate(outcomes)}
    return Verdict(CommandResult(code, "", 1, timed_out=code == 124), results, trouble)


@pytest.mark.parametrize(
    ("result", "green", "red"),
    [
        pytest.param(verdict(PASSED, PASSED), True, False, id="passed"),
        pytest.param(verdict(PASSED, FAILED, code=1), False, True, id="failed"),
        pytest.param(verdict(ERROR, code=2), False, True, id="not importable"),
        pytest.param(verdict(SKIPPED), False, False, id="all skipped"),
        pytest.param(verdict(code=5), False, False, id="no tests"),
        pytest.param(verdict(code=124, trouble="time"), False, False, id="timed out"),
        pytest.param(verdict(PASSED, trouble="forged"), False, False, id="not to be believed"),
        pytest.param(verdict(FAILED, code=0), False, False, id="failed, but says it is well"),
    ],
)
def test_only_tests_that_ran_are_green_or_red(result: Verdict, green: bool, red: bool) -> None:
    assert (result.green, result.red) == (green, red)


VITEST = json.dumps({"devDependencies": {"vitest": "^2"}})
JEST = json.dumps({"scripts": {"test": "jest"}})
NODE = json.dumps({"scripts": {"test": "node --import tsx --test test/*.test.ts"}})
MOCHA = json.dumps({"scripts": {"test": "mocha"}})


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"pyproject.toml": ""}, ["pytest"]),
        ({"pytest.ini": ""}, ["pytest"]),
        ({"tests/test_a.py": "def test_a(): pass"}, ["pytest"]),
        ({"setup.py": "", "tests/test_a.py": "import unittest"}, ["unittest"]),
        ({"setup.py": "extras = ['pytest']", "tests/test_a.py": "import unittest"}, ["pytest"]),
        ({"package.json": VITEST}, ["vitest"]),
        ({"package.json": JEST}, ["jest"]),
        ({"package.json": NODE}, ["node --test"]),
        ({"package.json": "{}", "test/a.test.js": "require('node:test')"}, ["node --test"]),
        ({"package.json": MOCHA}, ["npm test --silent"]),
        ({"package.json": "[]"}, []),
        ({"package.json": '{"scripts": {"test": "echo no test specified"}}'}, []),
        ({"pyproject.toml": "", "web/package.json": VITEST}, ["pytest", "vitest @ web"]),
        ({"pyproject.toml": "", "package.json": "{}"}, ["pytest"]),
        ({"package.json": JEST, "packages/a/package.json": JEST}, ["jest"]),
        ({"go.mod": "module x"}, ["go test"]),
        ({"service/go.mod": "module x", "Makefile": "test:\n\ttrue"}, ["go test @ service"]),
        ({"pom.xml": ""}, ["maven surefire"]),
        ({"build.gradle.kts": ""}, ["gradle"]),
        ({"Cargo.toml": ""}, ["cargo test"]),
        ({"Makefile": "all:\n\ntest: all\n\t./check"}, ["make test"]),
        ({"Makefile": "test := 1"}, []),
        ({"README.md": ""}, []),
    ],
)
def test_the_runners_follow_from_the_files_of_a_repository(
    tmp_path: Path, files: Mapping[str, str], names: Sequence[str]
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    found = [f"{one.runner.name} @ {one.folder}" if one.folder else one.runner.name for one in projects(tmp_path)]

    assert found == names


def test_a_target_that_is_a_folder_too_is_never_green(tmp_path: Path) -> None:
    """With a real make."""
    (tmp_path / "repo/test").mkdir(parents=True)
    (tmp_path / "repo/Makefile").write_text("test:\n\tfalse\n")

    assert not Suite(PlainProcess(), 60).run(tmp_path, tmp_path / "repo").green


def test_a_repository_without_a_known_runner_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(WorkNotDone, match=r"looked for pyproject\.toml, .*Makefile"):
        Suite(Scripted(), 1).run(tmp_path, tmp_path)


def test_a_script_of_node_keeps_its_loader_and_its_files_and_nothing_else() -> None:
    node = node_of("node --import tsx --test --experimental-strip-types --require 'x; rm -rf /' test/*.test.ts")

    assert node.flags == "--import tsx --experimental-strip-types --require"
    assert node.patterns == ("test/*.test.ts",)


@dataclass
class Scripted:
    """Each command writes the next report and ends with the next code."""

    answers: list[tuple[int, str]] = field(default_factory=list)
    name: str = "scripted"
    says: str = "the last words"

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float, **_: object) -> CommandResult:
        code, report = self.answers.pop(0)
        for word in command:
            if report and word.startswith("--junitxml="):
                (cwd / word.removeprefix("--junitxml=")).write_text(report)
        return CommandResult(code, self.says, 0.1)


ONE = '<testsuites><testsuite><testcase file="t.py" classname="t" name="a"/></testsuite></testsuites>'
RED = ONE.replace("/></testsuite>", "><failure message='no'/></testcase></testsuite>")
BOMB = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><testsuites>&c;</testsuites>'


@pytest.mark.parametrize(
    ("code", "report", "trouble"),
    [
        (0, ONE, ""),
        (1, RED, ""),
        (5, "<testsuites/>", ""),
        (0, "", r"pytest: it wrote no report (exit code 0: the last words)"),
        (1, ONE, "pytest: it ended with exit code 1, but its report has no red test"),
        (0, RED, "pytest: its report has 1 red tests, but it ended with exit code 0"),
        (0, ONE[:-9], "pytest: its report is no XML"),
        (0, BOMB, "pytest: its report declares a document type, which no runner does"),
        (0, "<a>" * 101 + "</a>" * 101, "nested deeper than 100"),
    ],
)
def test_a_report_is_believed_only_when_nothing_contradicts_it(
    tmp_path: Path, code: int, report: str, trouble: str
) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/pytest.ini").touch()

    found = Suite(Scripted([(code, report)]), 1).run(tmp_path, tmp_path / "repo")

    assert trouble in found.trouble
    assert bool(found.trouble) == bool(trouble)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["repo"]


IDLE = "make: 'test' is up to date.\n"
IDLE_BELOW = (
    "make -C sub test\nmake[1]: Entering directory '/x/sub'\nmake[1]: 'test' is up to date.\nmake[1]: Leaving directory"
)


@pytest.mark.parametrize(
    "says", [IDLE, IDLE.replace("'test'", "`test'"), "make: Nothing to be done for 'test'.\n", IDLE_BELOW]
)
def test_a_make_that_finds_nothing_to_do_proves_nothing(tmp_path: Path, says: str) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/Makefile").write_text("test:\n\t./check\n")

    found = Suite(Scripted([(0, "")], says=says), 1).run(tmp_path, tmp_path / "repo")

    assert not found.green
    assert not found.results
    assert "make test: no test was run" in found.trouble


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (0, "./check\n3 passed\n"),
        (0, "make[1]: Nothing to be done for 'deps'.\n./check\n3 passed\n"),
        (0, "./check\nsaid \"make: 'test' is up to date.\"\n"),
        (2, "./check\nmake: *** [Makefile:2: test] Error 1\n"),
    ],
)
def test_a_make_that_ran_something_is_judged_by_its_exit_code(tmp_path: Path, code: int, says: str) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo/Makefile").write_text("test:\n\t./check\n")

    found = Suite(Scripted([(code, "")], says=says), 1).run(tmp_path, tmp_path / "repo")

    assert (found.green, found.red) == (code == 0, code != 0)
