"""`make runaway`: models that run away, how their tasks end, and the ledger beside the provider's bill.

Exit code 1 when one ends otherwise than it must, spends more than its budget, or is booked wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from bench.runaway.cases import CASES, Books, play
from ferry.domain.ledger import dollars
from ferry.domain.spending import CENT

HEAD = ("a model that", "ends the task by", "calls", "budget", "ledger", "bill", "of it unread", "charged for it", "")


def row(name: str, books: Books) -> tuple[str, ...]:
    case = books.case
    money = (case.limit * CENT, books.charged, books.paid, books.lost, books.unread)
    return (name, type(books.ended).__name__, str(books.calls), *map(dollars, money), "; ".join(books.faults()) or "ok")


def shown(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Words to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for line in rows:
        cells = [
            f"{cell:<{width}}" if at in (0, 1, len(line) - 1) else f"{cell:>{width}}"
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def main() -> int:
    played = {name: play(case)[0] for name, case in CASES.items()}
    print("\n".join(shown([HEAD, *(row(name, books) for name, books in played.items())])))
    wrong = [name for name, books in played.items() if books.faults()]
    right = f"{len(played) - len(wrong)} of {len(played)}"
    print(f"\n{right} ended within their budget, by the right name, with a ledger that is the bill.")
    print("What nobody got to read is charged as it was reserved before the call, which is never less than its price.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
