"""A proof, test by test, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ferry.domain.proof.outcome import file_of, name_of
from ferry.domain.proof.record import Proof, ProofCase, Role

OPEN = 12  # rows; more of them are shown on demand
HEAD = "| test | without the change | with it |\n| --- | --- | --- |"
WORDS = {Role.GUARDS: "does not fail without the change", Role.FLAKY: "flaky"}
Says = Callable[[str], str]


def table(proofs: Sequence[tuple[str, Proof]], *, cell: Says, code: Says, room: int) -> str:
    """Markdown of at most about `room` characters, "" when there is nothing to show: one table for each plan task and
    file. proofs: by plan task; cell, code: make foreign text harmless in a table."""
    rows = [(f"**{item}** in {code(file_of(case.id))}", case) for item, proof in proofs for case in proof.cases]
    if not rows:
        return ""
    tables = [_table(title, [case for _, case in of], cell, code) for title, of in groupby(rows, lambda row: row[0])]
    body = "\n\n".join([*_fitting(tables, room), *_notes(proofs, cell)])
    if len(rows) <= OPEN:
        return body
    return f"<details><summary>{len(rows)} tests, one by one</summary>\n\n{body}\n\n</details>"


def _table(title: str, cases: Sequence[ProofCase], cell: Says, code: Says) -> str:
    """What is said of one test after the other is said once: a file that cannot be loaded fails as one."""
    lines, before = [], ""
    for case in cases:
        why = f"{case.base}: {cell(case.why)}" if case.why else str(case.base)
        said = "; ".join(filter(None, (WORDS.get(case.role, ""), cell(case.note))))
        shown = f"{case.base}, the same" if case.why and why == before else why
        lines.append(f"| {code(name_of(case.id) or case.id)} | {shown} | {case.head}{f' ({said})' if said else ''} |")
        before = why
    return "\n".join((title, "", HEAD, *lines))


def _fitting(tables: Sequence[str], room: int) -> Iterator[str]:
    """Whole lines, as long as there is room."""
    lines = [line for table in tables for line in (*table.splitlines(), "")]
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    yield "\n".join(kept).strip()
    if len(kept) < len(lines):
        yield f"… and {sum(line.startswith('| `') for line in lines[len(kept) :])} more."


def _notes(proofs: Sequence[tuple[str, Proof]], cell: Says) -> Iterator[str]:
    if blunt := sorted({name for _, proof in proofs for name in proof.by_exit_code}):
        yield f"By exit code alone, not test by test: {cell(', '.join(blunt))}."
