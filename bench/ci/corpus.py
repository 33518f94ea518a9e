"""Logs of failed jobs as GitHub Actions writes them, each with its cause and where its tool's format is described.

They were written for Ferry after the formats of the sources they name. The first lines of a file are its marks:
``#: cause <name>``, ``#: source <url>``, ``#: held-out <yes|no>``. No rule was made from a log that is held out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ferry.domain.ci import CiCause

LOGS = Path(__file__).with_name("logs")
_MARK = "#: "


@dataclass(frozen=True)
class Sample:
    name: str
    cause: CiCause
    source: str
    held_out: bool
    log: str


def corpus() -> list[Sample]:
    """By name. KeyError or ValueError for a file without its marks."""
    return [_read(path) for path in sorted(LOGS.glob("*.log"))]


def _read(path: Path) -> Sample:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    marks = dict(line.removeprefix(_MARK).strip().split(" ", 1) for line in lines if line.startswith(_MARK))
    log = "".join(line for line in lines if not line.startswith(_MARK))
    return Sample(path.stem, CiCause(marks["cause"]), marks["source"], marks["held-out"] == "yes", log)
