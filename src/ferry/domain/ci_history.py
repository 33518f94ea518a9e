"""What became of CI at each head of a pull request, and how its text tells it."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.document import Document
from ferry.domain.markdown import Section, plain

SECTION = Section("ci-history")
_HEAD = "| commit | what failed | cause | what was tried | result |\n| --- | --- | --- | --- | --- |"


class CiEntry(Document):
    """One look at one commit. failed: names of red checks; rerun: ids of the jobs that were started anew;
    url: of the first red check; excerpt: of its log."""

    head: str
    result: str
    failed: tuple[str, ...] = ()
    cause: str = ""
    tried: str = ""
    url: str = ""
    excerpt: str = ""
    rerun: tuple[int, ...] = ()


History = tuple[CiEntry, ...]


def told(history: Sequence[CiEntry], entry: CiEntry) -> History:
    """With what was seen at `entry.head`; the same said twice stands once."""
    same = bool(history) and (history[-1].head, history[-1].result) == (entry.head, entry.result)
    return tuple(history) if same else (*history, entry)


def answered(history: Sequence[CiEntry], head: str, **fields: object) -> History:
    """With what was done about the last look at `head`."""
    for index in range(len(history) - 1, -1, -1):
        if history[index].head == head:
            changed = history[index].model_copy(update=fields)
            return (*history[:index], changed, *history[index + 1 :])
    return (*history, CiEntry.model_validate({"head": head, "result": "", **fields}))


def started_anew(history: Sequence[CiEntry], head: str) -> frozenset[int]:
    """Ids of jobs at `head` that run again; empty where no re-run was asked for."""
    return frozenset(id for entry in history if entry.head == head for id in entry.rerun)


def looks(history: Sequence[CiEntry], head: str) -> int:
    """How often CI was started anew at `head`."""
    return sum(1 for entry in history if entry.head == head and entry.rerun)


def section(history: Sequence[CiEntry]) -> str:
    """Markdown between two marks that nobody sees, so that it can be replaced where it stands."""
    return SECTION.marked(_table(history))


def spliced(body: str, history: Sequence[CiEntry]) -> str:
    """`body` with its history as it is now, at its end where it had none."""
    return SECTION.placed(body, _table(history)) if history or SECTION.around(body) else body


def line(entry: CiEntry) -> str:
    """One line for a terminal."""
    parts = [f"{entry.head[:7]}: {', '.join(entry.failed) + ' failed' if entry.failed else entry.result}"]
    parts += [f"cause {entry.cause}"] if entry.cause else []
    parts += [entry.tried] if entry.tried else []
    return "; ".join([*parts, *([entry.result] if entry.failed else [])])


def _table(history: Sequence[CiEntry]) -> str:
    rows = "\n".join(_row(entry) for entry in history)
    return f"### CI history\n\n{_HEAD}\n{rows}" if history else ""


def _row(entry: CiEntry) -> str:
    failed = ", ".join(_cell(name) for name in entry.failed) or "–"
    if entry.url.startswith("https://") or entry.url.startswith("http://"):
        failed = f"[{failed}]({entry.url})" if entry.failed and not set(entry.url) & set(" ()<>|") else failed
    cells = (entry.head[:7], failed, _cell(entry.cause) or "–", _cell(entry.tried) or "–", _cell(entry.result) or "–")
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")
