"""What mends CI without a model: the tools of the repository's own CI, at its own versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from agents.cicd.commands import ci_commands
from agents.cicd.fixers import fixer_of
from agents.cicd.repair import NOT_THERE
from agents.cicd.versions import pinned, version_in
from ferry.adapters.plain_process import PlainProcess
from ferry.ports import CommandResult
from tests.unit.agents.organisation import LIB, TREBLE, Organisation
from tests.unit.agents.test_cicd import ESCALATED, FORMAT_LOG, UGLY, call, fixed, red, run

WORKFLOW = """
jobs:
  lint:
    steps:
      - run: ruff check .
      - name: Format
        run: |
          ruff format --check .
  web:
    steps:
      - run: npm run lint && npx prettier --check "src/**/*.ts"
      - run: test -z "$(gofmt -l .)"
      - run: echo ${{ secrets.TOKEN }} | tee x
      - run: poetry run python -m black --check src
      - run: make style
      - run: pre-commit run --all-files
"""
FILES = {
    ".github/workflows/ci.yml": WORKFLOW,
    "package.json": '{"scripts": {"lint": "eslint src --max-warnings 0"}}',
    "Makefile": "style: deps\n\t@isort --check-only .\n\nother:\n\techo\n",
    ".pre-commit-config.yaml": "- repo: https://x/ruff-pre-commit\n  rev: v0.6.9\n  hooks:\n  - id: ruff-format\n",
}


def written(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_what_ci_runs_is_read_from_its_files_through_wrappers_scripts_and_hooks(tmp_path: Path) -> None:
    assert [" ".join(command) for command in ci_commands(written(tmp_path, FILES))] == [
        "ruff check .", "ruff format --check .", "eslint src --max-warnings 0", "prettier --check src/**/*.ts",
        "gofmt -l .", "black --check src", "isort --check-only .", "ruff format .",
    ]  # fmt: skip


@pytest.mark.parametrize("files", [{}, {".github/workflows/ci.yml": "run: [", "package.json": "{"}, {"Makefile": "x"}])
def test_files_that_say_nothing_give_no_command(tmp_path: Path, files: Mapping[str, str]) -> None:
    assert all(fixer_of(command) is None for command in ci_commands(written(tmp_path, files)))


@pytest.mark.parametrize(
    ("check", "fix"),
    [
        ("ruff format --check --diff src", "ruff format src"),
        ("ruff check --output-format=github .", "ruff check --fix ."),
        ("black --check --line-length 100 src", "black --line-length 100 src"),
        ("isort --check-only --diff --profile black .", "isort --profile black ."),
        ("prettier --check src", "prettier --write src"),
        ("eslint src --max-warnings 0", "eslint --fix src --max-warnings 0"),
        ("gofmt -l .", "gofmt -w ."),
        ("golangci-lint run --timeout=5m", "golangci-lint run --fix --timeout=5m"),
        ("cargo fmt --all -- --check", "cargo fmt --all"),
        ("terraform fmt -check -recursive", "terraform fmt -recursive"),
        ("npm ci", "npm install --package-lock-only --ignore-scripts --offline"),
    ],
)
def test_a_check_becomes_the_same_tools_repair_with_the_same_configuration(check: str, fix: str) -> None:
    command = tuple(check.split())
    fixer = fixer_of(command)

    assert fixer is not None
    assert " ".join(fixer.fix(command)) == fix


@pytest.mark.parametrize("command", ["pytest -q", "make test", "curl https://x", "rm -rf ."])
def test_what_is_no_checker_is_never_run(command: str) -> None:
    assert fixer_of(tuple(command.split())) is None


@pytest.mark.parametrize(
    ("files", "version"),
    [
        ({"requirements-dev.txt": "pytest==8\nruff==0.6.9\n"}, "0.6.9"),
        ({"pyproject.toml": '[dependency-groups]\ndev = ["ruff==0.7.1"]\n'}, "0.7.1"),
        ({".github/workflows/ci.yml": "run: pip install 'ruff==0.5.0'\n"}, "0.5.0"),
        ({".pre-commit-config.yaml": FILES[".pre-commit-config.yaml"]}, "0.6.9"),
        ({"requirements.txt": "ruff>=0.6\nruff-lsp==1.2.3\n"}, ""),
        ({}, ""),
    ],
)
def test_the_version_that_a_repository_wants_is_found_where_it_is_exact(
    tmp_path: Path, files: Mapping[str, str], version: str
) -> None:
    assert pinned("ruff", written(tmp_path, files)) == version


def test_a_lock_file_says_the_version_of_a_node_tool(tmp_path: Path) -> None:
    lock = '{"packages": {"node_modules/prettier": {"version": "3.3.3"}}}'
    files = {"package.json": '{"devDependencies": {"prettier": "^3.0.0"}}', "package-lock.json": lock}

    assert pinned("prettier", written(tmp_path, files)) == "3.3.3"
    assert version_in("Version: 3.3.3") == "3.3.3"


CI_FILE = "jobs:\n  lint:\n    steps:\n      - run: ruff check .\n      - run: ruff format --check .\n"


def with_ci(org: Organisation, ci: str = CI_FILE, **files: str) -> Organisation:
    """CI's own file in the branch, as every commit of it has it; the red checks are of the new head."""
    checks, old = org.forge.check_runs(LIB, org.head()), org.head()
    tree = org.forge.repos[LIB].commits[old].tree
    for name, text in {".github/workflows/ci.yml": ci, **files}.items():
        tree[name] = (text.encode(), False)  # type: ignore[index]
    org.forge.set_checks(LIB, old, *checks)
    return org


def test_the_formatter_of_ci_mends_it_before_any_model_is_asked() -> None:
    org = with_ci(red(real=True))

    output = run(org)

    assert (output["outcome"], output["cause"]) == ("fixed", "format")
    assert output["what"] == "`ruff format .` changed treble.py"
    assert org.text("treble.py") == TREBLE
    assert org.message().startswith("style: apply ruff as CI does\n\nRan ruff format ..\n\nRequested-by: ada\n")
    assert not org.model.asked
    [entry] = org.pull().history
    assert (entry.failed, entry.cause, entry.tried) == (("lint",), "format", "`ruff format .` changed treble.py")
    assert entry.result == f"fixed in {org.head()[:7]}"


LINT_LOG = FORMAT_LOG.replace("Would reformat: treble.py", "treble.py:1:8: F401 [*] `os` imported but unused").replace(
    "1 file would be reformatted, 2 files already formatted", "Found 1 error."
)


def test_the_linter_of_ci_mends_what_it_can_and_the_formatter_follows() -> None:
    org = with_ci(red(real=True, log=LINT_LOG))
    org.forge.repos[LIB].commits[org.head()].tree["treble.py"] = (f"import os\n{UGLY}".encode(), False)  # type: ignore[index]

    output = run(org)

    assert (output["outcome"], output["cause"]) == ("fixed", "lint")
    assert org.text("treble.py") == TREBLE
    assert not org.model.asked


def test_a_tool_at_another_version_than_the_repository_wants_is_not_run_and_the_model_is_told() -> None:
    org = with_ci(red([ESCALATED], real=True), **{"requirements-dev.txt": "ruff==0.0.1\n"})

    output = run(org)

    assert output["outcome"] == "escalated"
    assert "`ruff format .` was not run: the repository wants 0.0.1, here is " in org.told()
    assert "was not run: the repository wants 0.0.1" in org.pull().history[-1].tried
    assert org.text("treble.py") == UGLY


def test_a_tool_that_is_not_there_leaves_it_to_the_model() -> None:
    log = FORMAT_LOG.replace("ruff", "yapf")
    formatted = call("run_command", command="ruff format treble.py")
    org = with_ci(red([formatted], [fixed()], real=True, log=log), ci=CI_FILE.replace("ruff format --check", "yapf -d"))

    assert run(org)["outcome"] == "fixed"
    assert "`yapf -i .` was not run: yapf is not in the sandbox" in org.told()


def test_what_a_tool_changes_outside_the_plan_is_put_back_and_the_model_is_asked() -> None:
    org = with_ci(red([ESCALATED], real=True))
    org.forge.repos[LIB].commits[org.head()].tree["lib.py"] = (b"def double( n ):\n  return 2*n\n", False)  # type: ignore[index]
    before = org.head()

    assert run(org)["outcome"] == "escalated"
    assert org.head() == before
    assert "`ruff format .` (" in org.told()


@dataclass
class Recording:
    """A sandbox that runs nothing, and whose suite is green."""

    ran: list[tuple[str, ...]] = field(default_factory=list)
    name: str = "recording"

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float) -> CommandResult:
        self.ran.append(tuple(command))
        return CommandResult(0, "1 passed in 0.1s", 0.1)


def test_a_log_cannot_have_anything_run() -> None:
    """The words of a log choose among what CI's own files say, and add nothing."""
    evil = FORMAT_LOG.replace("Run ruff format --check .", "Run black -c 'import os' && rm -rf / ; ruff format evil")
    org = with_ci(red([ESCALATED], log=evil))
    sandbox = Recording()
    object.__setattr__(org.bench, "sandbox", sandbox)

    run(org)

    assert {command[:2] for command in sandbox.ran} <= {("ruff", "format"), ("ruff", "--version"), ("python", "-m")}
    assert not [command for command in sandbox.ran if "evil" in command or "rm" in command]


PRETTIER = """#!/bin/sh
if [ "$1" = --version ]; then echo 3.3.3; exit; fi
printf 'def treble(number):\\n    return 3 * number\\n' > treble.py
"""


def test_a_program_that_the_repository_installed_goes_before_one_of_the_same_name() -> None:
    log = FORMAT_LOG.replace("ruff format", "prettier")
    org = with_ci(
        red(real=True, log=log), ci="    - run: npx prettier --check .\n", **{"node_modules/.bin/prettier": PRETTIER}
    )
    tree = org.forge.repos[LIB].commits[org.head()].tree
    tree["node_modules/.bin/prettier"] = (PRETTIER.encode(), True)  # type: ignore[index]

    output = run(org)

    assert (output["outcome"], output["what"]) == ("fixed", "`prettier --write .` changed treble.py")
    assert org.text("treble.py") == TREBLE


def test_a_program_that_is_missing_is_told_by_its_exit_code(tmp_path: Path) -> None:
    assert PlainProcess().run(["no-such-tool"], root=tmp_path, cwd=tmp_path, seconds=10).exit_code == NOT_THERE
