"""A machine on which some runs are unlucky, always the same ones: what makes a test flaky, without dice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ferry.ports import CommandResult, Sandbox

SIGN = "unlucky"


class Luck:
    """The port `Sandbox`: `inner`, where an unlucky run finds an empty file `SIGN` beside the repository. Only runs
    whose sources differ from `bases` (files by path, by folder) count."""

    def __init__(self, inner: Sandbox, which: str, bases: Mapping[str, Mapping[str, str]]) -> None:
        self.name = inner.name
        self._inner, self._which, self._bases = inner, which, bases
        self._runs = 0

    def run(self, command: Sequence[str], *, root: Path, cwd: Path, seconds: float, **more: Any) -> CommandResult:
        sign = root / SIGN
        sign.unlink(missing_ok=True)
        if self._which != "never" and self._differs(root):
            self._runs += 1
            if self._runs == 1 if self._which == "first" else self._runs % 2 == 0:
                sign.touch()
        return self._inner.run(command, root=root, cwd=cwd, seconds=seconds, **more)

    def close(self) -> None:
        """The inner one is ended by whoever made it."""

    def _differs(self, root: Path) -> bool:
        """In a source: with new tests alone, the change is not there."""
        return any(
            not (root / folder / path).is_file() or (root / folder / path).read_text() != text
            for folder, files in self._bases.items()
            for path, text in files.items()
            if "test" not in path
        )
