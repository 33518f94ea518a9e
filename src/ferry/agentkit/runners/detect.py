"""Which runners a repository has, from its files alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ferry.agentkit.runners.cargo import Cargo
from ferry.agentkit.runners.golang import Go
from ferry.agentkit.runners.javascript import SUFFIXES, Jest, Node, Vitest, node_of
from ferry.agentkit.runners.jvm import Gradle, Maven
from ferry.agentkit.runners.other import ByExitCode
from ferry.agentkit.runners.python import Pytest, Unittest
from ferry.agentkit.runners.runner import NOT_OURS, Runner, walk
from ferry.domain.proof.paths import is_test

LOOKED_FOR = (
    "pyproject.toml", "pytest.ini", "setup.cfg", "setup.py", "tox.ini", "package.json", "go.mod", "pom.xml",
    "build.gradle", "Cargo.toml", "Makefile",
)  # fmt: skip
_PYTHON = ("pyproject.toml", "pytest.ini", "setup.cfg", "setup.py", "tox.ini", "conftest.py", "requirements.txt")
_PYTEST = re.compile(r"\bpytest\b")
_NO_TEST = re.compile(r"no test specified")
DEEPEST = 3


@dataclass(frozen=True)
class Project:
    """folder: relative to the repository, "" for its top."""

    runner: Runner
    folder: str = ""

    def own(self, path: str) -> bool:
        return path.startswith(f"{self.folder}/" if self.folder else "") and self.runner.owns(path)

    def within(self, path: str) -> str:
        return path.removeprefix(f"{self.folder}/") if self.folder else path

    def above(self, id: str) -> str:
        return f"{self.folder}/{id}" if self.folder and not self.runner.by_exit_code else id


def projects(repo: Path) -> tuple[Project, ...]:
    """Of each language the outermost ones; a command of unknown kind only where there is nothing else."""
    found: list[Project] = []
    for detect in (_python, _javascript, _go, _java, _rust):
        seen: list[str] = []
        for folder in _folders(repo):
            if not _below(folder, seen) and (runner := detect(repo / folder)):
                seen.append(folder)
                found.append(Project(runner, folder))
    return tuple(found) or tuple(Project(runner) for runner in _other(repo))


def _below(folder: str, seen: list[str]) -> bool:
    return any(not one or f"{folder}/".startswith(f"{one}/") for one in seen)


def _folders(repo: Path, folder: str = "", depth: int = 0) -> Iterator[str]:
    yield folder
    if depth < DEEPEST:
        for child in sorted((repo / folder).iterdir()):
            if child.is_dir() and not child.is_symlink() and child.name not in NOT_OURS and child.name[:1] != ".":
                yield from _folders(repo, f"{folder}/{child.name}" if folder else child.name, depth + 1)


def _python(folder: Path) -> Runner | None:
    marks = [name for name in _PYTHON if (folder / name).is_file()]
    tests = [path for path in walk(folder, (".py",)) if is_test(path)] if marks or _has_tests_here(folder) else []
    if not marks and not tests:
        return None
    if "pytest.ini" in marks or "conftest.py" in marks or not tests:
        return Pytest() if set(marks) - {"requirements.txt"} else None
    texts = [_text(folder / name) for name in (*marks, *tests[:200])]
    plain = all("unittest" in _text(folder / path) for path in tests[:200])
    return Unittest() if plain and not any(map(_PYTEST.search, texts)) else Pytest()


def _has_tests_here(folder: Path) -> bool:
    """At its top or in a folder of tests."""
    near = [*folder.glob("*.py"), *folder.glob("test/*.py"), *folder.glob("tests/**/*.py")]
    return any(is_test(path.relative_to(folder).as_posix()) for path in near)


def _javascript(folder: Path) -> Runner | None:
    try:
        package = json.loads(_text(folder / "package.json"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(package, dict):
        return None
    named = {name for kind in ("dependencies", "devDependencies") for name in _table(package, kind)}
    script = str(_table(package, "scripts").get("test", ""))
    if "vitest" in script or ("vitest" in named and "jest" not in script):
        return Vitest()
    if re.search(r"\bjest\b", script) or "jest" in named or "jest" in package:
        return Jest()
    if re.search(r"\bnode\b.*--test\b", script):
        return node_of(script)
    if script and not _NO_TEST.search(script):
        return ByExitCode(("npm", "test", "--silent"))
    tests = (path for path in walk(folder, SUFFIXES) if is_test(path))
    return Node() if any("node:test" in _text(folder / path) for path in tests) else None


def _go(folder: Path) -> Runner | None:
    return Go() if (folder / "go.mod").is_file() else None


def _java(folder: Path) -> Runner | None:
    if (folder / "pom.xml").is_file():
        return Maven()
    return Gradle() if any((folder / f"build.gradle{kind}").is_file() for kind in ("", ".kts")) else None


def _rust(folder: Path) -> Runner | None:
    return Cargo() if (folder / "Cargo.toml").is_file() else None


def _other(repo: Path) -> Iterator[Runner]:
    for name in ("Makefile", "makefile", "GNUmakefile"):
        if re.search(r"^test\s*:(?!=)", _text(repo / name), re.MULTILINE):
            yield ByExitCode(("make", "test"))
            return


def _table(package: dict[str, object], name: str) -> dict[str, object]:
    value = package.get(name)
    return value if isinstance(value, dict) else {}


def _text(file: Path) -> str:
    """Its beginning; "" when there is none."""
    if not file.is_file() or file.is_symlink():
        return ""
    with file.open("rb") as opened:
        return opened.read(200_000).decode("utf-8", "replace")


def project_of(path: str, found: tuple[Project, ...]) -> Project | None:
    """The innermost project that would run the test file `path`."""
    own = [project for project in found if project.own(path)]
    return max(own, key=lambda project: len(PurePosixPath(project.folder).parts), default=None)
