"""What a runner said about one test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LINE = 160
_FRAME = re.compile(
    r"^\s*(at |❯ |\[?Error \[ERR_TEST|File \"|stack backtrace:|note: |goroutine \d|\S+:\d+: in "
    r"|\S+:\d+: \w*(Error|Exception)$)"
)
_MARKED = re.compile(r"^E {3,}(.+)", re.MULTILINE)
# Where a copy lay, and where an object: neither is the same twice.
_PLACE = re.compile(r"(?<![\w.…])/(?:[^\s/'\"():]+/)+")
_ADDRESS = re.compile(r" at 0x[0-9a-f]+| \(…/[^)\s]*\)")
_RAISED = re.compile(r"[\w.]*(Error|Exception)\b")
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Status(StrEnum):
    """error: the test could not even be run, or broke outside its own body; skipped also for "expected to fail"."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    MISSING = "missing"


RED = frozenset({Status.FAILED, Status.ERROR})


@dataclass(frozen=True)
class Outcome:
    """text: what the runner printed about a test that is red, bounded; written by foreign code, never trusted."""

    status: Status
    text: str = ""

    @property
    def line(self) -> str:
        """`text` in one line for a table: its message, without the frames of its trace."""
        text = _COLOUR.sub("", self.text)
        marked = [line for line in _MARKED.findall(text) if not line.lstrip().startswith("Omitting")]
        first = next((at for at, line in enumerate(marked) if _RAISED.match(line)), 0)
        marked = marked[first : first + 2]
        kept: list[str] = []
        for line in marked or text.splitlines():
            if kept and _FRAME.match(line):
                break
            if line.strip() and not _FRAME.match(line):
                kept.append(line.strip())
        told = _ADDRESS.sub("", _PLACE.sub("…/", " ".join(" ".join(kept).split())))
        return told if len(told) <= LINE else told[: LINE - 1] + "…"


Results = Mapping[str, Outcome]
MISSING = Outcome(Status.MISSING)


def file_of(id: str) -> str:
    """Ids are ``path::name``, whatever the runner; the path is relative to the repository."""
    return id.partition("::")[0]


def name_of(id: str) -> str:
    return id.partition("::")[2]
