"""Runs unittest's tests in the sandbox and writes what became of each; the text of this file is the command.

Arguments: the file to write, then test files relative to the current folder (all ``test*.py`` if none). It writes a
list of ``{"id", "status", "text"}`` and ends with 0, or 1 when a test is red, or 5 when there is none.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ELSEWHERE = {"node_modules", "venv", "build", "dist"}


def found() -> Iterator[str]:
    for folder, names, files in os.walk("."):
        names[:] = sorted(name for name in names if name not in ELSEWHERE and not name.startswith("."))
        for file in sorted(files):
            if file.endswith(".py") and (file.startswith("test") or file.endswith("_test.py")):
                yield (Path(folder) / file).as_posix()


def tests_of(path: str) -> unittest.TestSuite:
    """Imported by the name that the packages around it give it, as `python -m unittest` from the top would."""
    folder, parts = Path(path).parent, [Path(path).stem]
    while folder.name and (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    top = str(folder.resolve())
    if top not in sys.path:
        sys.path.insert(0, top)
    __import__(".".join(parts))
    return unittest.defaultTestLoader.loadTestsFromModule(sys.modules[".".join(parts)])


def short(error: Any) -> str:
    """As pytest's short traces: the innermost frame last, then the message."""
    lines = [
        f"{os.path.relpath(frame.filename)}:{frame.lineno}: in {frame.name}"
        for frame in traceback.extract_tb(error[2])
        if Path(frame.filename).parent.name != "unittest" and not frame.filename.startswith("<")
    ]
    told = "".join(traceback.format_exception_only(error[0], error[1])).rstrip().splitlines()
    return "\n".join(lines + [f"E   {line}" for line in told])


class Result(unittest.TestResult):
    def __init__(self, path: str, entries: list[dict[str, str]]) -> None:
        super().__init__()
        self.path, self.entries = path, entries
        self.red: set[Any] = set()

    def put(self, test: Any, status: str, text: str = "") -> None:
        name = test.id().split(".")[-2:] if hasattr(test, "_testMethodName") else [test.id()]
        self.entries.append({"id": "::".join([self.path, *name]), "status": status, "text": text})
        print(status, self.entries[-1]["id"], text, sep="\n" if text else " ", flush=True)

    def addSuccess(self, test: Any) -> None:  # noqa: N802  unittest's own names
        if test not in self.red:
            self.put(test, "passed")

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        self.put(test, "failed", short(err))

    def addError(self, test: Any, err: Any) -> None:  # noqa: N802
        self.put(test, "failed" if hasattr(test, "_testMethodName") else "error", short(err))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802
        if err is not None:
            self.red.add(test)
            self.put(test, "failed", short(err))

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: N802
        self.put(test, "skipped", reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:  # noqa: N802
        self.put(test, "skipped", "expected failure")

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: N802
        self.put(test, "failed", "unexpected success")


def run(path: str, entries: list[dict[str, str]]) -> None:
    try:
        suite = tests_of(path)
    except unittest.SkipTest as error:
        entries.append({"id": path, "status": "skipped", "text": str(error)})
    except BaseException:  # noqa: BLE001  a file may raise what it likes when it is imported
        text = short(sys.exc_info())
        print("error", path, text, sep="\n", flush=True)
        entries.append({"id": path, "status": "error", "text": text})
    else:
        suite.run(Result(path, entries))


def main(report: str, paths: list[str]) -> int:
    entries: list[dict[str, str]] = []
    for path in paths or list(found()):
        run(path, entries)
    Path(report).write_text(json.dumps(entries), "utf-8")
    red = any(entry["status"] in ("failed", "error") for entry in entries)
    return 1 if red else 0 if entries else 5


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
