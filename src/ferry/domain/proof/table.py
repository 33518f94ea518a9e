"""A proof, test by test, as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ferry.domain.proof.record import Proof, ProofCase, Role

OPEN = 12  # rows; more of them are shown on demand
HEAD = "| task | test | without the change | with it |\n| --- | --- | --- | --- |"
WORDS = {
    Role.GUARDS: "does not fail without the change",
    Role.FLAKY: "flaky",
}
Says = Callable[[str], str]


def table(proofs: Sequence[tuple[str, Proof]], *, cell: Says, code: Says, room: int) -> str:
    """Markdown of at most about `room` characters, "" when there is nothing to show. proofs: by plan task; cell, code:
    make foreign text harmless in a table."""
    rows = [_row(item, case, cell, code) for item, proof in proofs for case in proof.cases]
    if not rows:
        return ""
    shown = _fitting(rows, room)
    rest = f"\n\n… and {len(rows) - len(shown)} more." if len(shown) < len(rows) else ""
    body = "\n".join((HEAD, *shown)) + rest + "".join(_notes(proofs, cell))
    if len(rows) <= OPEN:
        return body
    return f"<details><summary>{len(rows)} tests, one by one</summary>\n\n{body}\n\n</details>"


def _row(item: str, case: ProofCase, cell: Says, code: Says) -> str:
    why = ": ".join(filter(None, (case.base, cell(case.why)))) if case.why else str(case.base)
    said = "; ".join(filter(None, (WORDS.get(case.role, ""), cell(case.note))))
    return f"| {item} | {code(case.id)} | {why} | {case.head}{f' ({said})' if said else ''} |"


def _fitting(rows: Sequence[str], room: int) -> list[str]:
    shown: list[str] = []
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        shown.append(row)
    return shown


def _notes(proofs: Sequence[tuple[str, Proof]], cell: Says) -> Iterator[str]:
    if blunt := sorted({name for _, proof in proofs for name in proof.by_exit_code}):
        yield f"\n\nBy exit code alone, not test by test: {cell(', '.join(blunt))}."
