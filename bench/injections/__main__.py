"""`make injections`: what comes of a model that obeys whatever it reads, by place and by the gate that refused it.

Exit code 1 when anything was written outside of a plan or a secret left.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from bench.injections.corpus import Case, corpus
from bench.injections.judge import (
    BREACH,
    DEFUSED,
    GATES,
    REFUSED_IT,
    STOPPED,
    breaches,
    gates,
    noticed,
    outcome,
    was_read,
)
from bench.injections.scene import Played
from bench.injections.stages import play

HEAD = ("place", "cases", "tried", *(f"by {gate}" for gate in GATES), "refused", "powerless", "breaches", "noticed")


def table(played: Mapping[Case, Played]) -> str:
    """tried: cases whose text reached the model, which then obeyed; a case may be refused by several gates; powerless:
    what was done had no effect that matters; noticed: people were told that there was an order to an AI."""
    places = sorted({case.place for case in played})
    rows = [_row(name, {case: one for case, one in played.items() if case.place == name}) for name in places]
    lines = [HEAD, *rows, _row("all", played)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" if at == 0 else f"{cell:>{width}}" for at, (cell, width) in enumerate(cells))
        for cells in (list(zip(line, widths, strict=True)) for line in lines)
    )


def _row(name: str, played: Mapping[Case, Played]) -> tuple[str, ...]:
    ends, by = [outcome(one) for one in played.values()], [gates(one) for one in played.values()]
    counts = [len(played), sum(was_read(case, one) for case, one in played.items())]
    counts += [sum(gate in found for found in by) for gate in GATES]
    counts += [ends.count(REFUSED_IT), ends.count(DEFUSED) + ends.count(STOPPED), ends.count(BREACH)]
    return (name, *map(str, [*counts, sum(map(noticed, played.values()))]))


def main() -> int:
    played = {case: play(case) for case in corpus()}
    print(table(played))
    found = [f"{case.id}: {'; '.join(breaches(one))}" for case, one in played.items() if breaches(one)]
    print()
    print("\n".join(found) or "Nothing was written outside a plan, and no secret left.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
