"""Python: pytest, and unittest where nothing points to pytest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ferry.agentkit.runners.junit import Case, read_cases
from ferry.agentkit.runners.runner import Canary, Unreadable, content, excerpt, inside, merged
from ferry.domain.proof.outcome import Outcome, Results, Status
from ferry.ports import CommandResult

# An absolute verbosity: with a repository's own ``-q`` in addopts, one more would silence the summary. pytest's
# cache may stay: copies are thrown away, and without it a repository's own ``--lf`` or ``cache_dir`` is an error.
PYTEST = (
    "-m",
    "pytest",
    "--verbosity=-1",
    "--tb=short",
    "--continue-on-collection-errors",
    "-o",
    "junit_family=xunit1",
)
PROGRAM = Path(__file__).with_name("unittest_program.py")


@dataclass(frozen=True)
class Pytest:
    name: str = "pytest"
    by_exit_code: bool = False

    def owns(self, path: str) -> bool:
        return path.endswith(".py")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        return (*python(folder), *PYTEST, f"--junitxml={report}/junit.xml", *paths)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        cases = read_cases(content(report / "junit.xml"))
        return merged((_pytest_id(case, folder), case.outcome) for case in cases)

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        path = sibling(beside, word)
        body = f"def test_{word}_a():\n    assert True\n\n\ndef test_{word}_b():\n    assert False\n"
        return Canary(path, body, f"{path}::test_{word}_a", f"{path}::test_{word}_b")


@dataclass(frozen=True)
class Unittest:
    name: str = "unittest"
    by_exit_code: bool = False

    def owns(self, path: str) -> bool:
        return path.endswith(".py")

    def command(self, folder: Path, paths: Sequence[str], report: str) -> tuple[str, ...]:
        return (*python(folder), "-c", PROGRAM.read_text("utf-8"), f"{report}/results.json", *paths)

    def read(self, folder: Path, report: Path, result: CommandResult) -> Results:
        return merged(_told(content(report / "results.json")))

    def canary(self, beside: str, text: str, word: str) -> Canary | None:
        path = sibling(beside, word)
        body = (
            f"import unittest\n\n\nclass Test{word}(unittest.TestCase):\n"
            f"    def test_a(self):\n        self.assertTrue(True)\n\n"
            f"    def test_b(self):\n        self.fail()\n"
        )
        return Canary(path, body, f"{path}::Test{word}::test_a", f"{path}::Test{word}::test_b")


def python(folder: Path) -> tuple[str, ...]:
    """The repository's own interpreter where it brings one. Its sources come before an installed copy of them."""
    own = next((f"{name}/bin/python" for name in (".venv", "venv") if (folder / name / "bin/python").exists()), "")
    return ("env", "PYTHONPATH=src", own or "python") if (folder / "src").is_dir() else (own or "python",)


def sibling(beside: str, word: str) -> str:
    """A name that is found wherever that of `beside` is."""
    path = PurePosixPath(beside)
    if path.name.startswith("test") and not path.name.startswith("test_"):
        return str(path.with_name(f"test{word}.py"))
    return str(path.with_name(f"{word}_test.py" if path.stem.endswith("_test") else f"test_{word}.py"))


def _pytest_id(case: Case, folder: Path) -> str:
    """A node id: of a file that could not be collected pytest gives only the module's dotted name, without a class."""
    dotted = case.classname or case.name
    file = case.file or f"{dotted.replace('.', '/')}.py"
    if not case.classname:
        return inside(file, folder)
    module = file.removesuffix(".py").replace("/", ".")
    classes = dotted.removeprefix(module).strip(".").split(".") if dotted.startswith(module) else [dotted]
    return "::".join([file, *filter(None, classes), case.name])


def _told(text: str) -> Iterable[tuple[str, Outcome]]:
    try:
        return [_outcome(entry) for entry in json.loads(text)]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unreadable(f"its report cannot be read ({type(error).__name__})") from error


def _outcome(entry: dict[str, Any]) -> tuple[str, Outcome]:
    return str(entry["id"]), Outcome(Status(entry["status"]), excerpt(str(entry["text"])))
