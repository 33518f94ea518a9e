"""`python -m bench.discovery.fit --benchmark <folder> --trees <dev.git>`: the weights again, from the tickets alone.

Prints what both halves give each other and, with --ablate, what each signal is worth; --write puts the weights of the
tuning half where the code reads them.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.discovery import calibration, softmax
from bench.discovery.cases import MASKED, PLAIN, file_cases, route_cases
from bench.discovery.corpus import Corpus, arguments, load
from bench.discovery.halves import HELD_OUT, TUNING
from bench.discovery.indexes import Ticket
from bench.discovery.measure import measure
from bench.discovery.softmax import Case
from bench.discovery.table import HEAD, Ranks, row
from ferry.domain.retrieval import weights
from ferry.domain.retrieval.weights import FILES, REPOSITORIES

OTHER = {TUNING: HELD_OUT, HELD_OUT: TUNING}
ROUTES_SHRINK = 0.5

Pair = tuple[Ticket, Case]
Weights = Mapping[str, float]


def by_half(corpus: Corpus, pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    return {half: [pair for pair in pairs if corpus.half[pair[0]["repo"]] == half] for half in OTHER}


def fitted(halves: Mapping[str, Sequence[Pair]], names: Sequence[str], shrink: float = 1.0) -> dict[str, Weights]:
    """Half → the weights it gives."""
    return {
        half: softmax.fit([case for _, case in pairs if case.right], names, shrink) for half, pairs in halves.items()
    }


def ranks(pairs: Sequence[Pair], given: Weights) -> list[Ranks]:
    """Places of the right files; one that no signal speaks for has none."""
    found: list[Ranks] = []
    for ticket, case in pairs:
        place = {candidate: n for n, candidate in enumerate(softmax.order(case, given), 1)}
        known: list[int | None] = [place[right] for right in case.right]
        found.append(known + [None] * (len(ticket["gold_files"]) - len(known)))
    return found


def crossed(halves: Mapping[str, Sequence[Pair]], given: Mapping[str, Weights]) -> dict[str, list[Ranks]]:
    """Each half by the weights of the other: what nothing was tuned on."""
    return {half: ranks(pairs, given[OTHER[half]]) for half, pairs in halves.items()}


def cross_rows(halves: Mapping[str, Sequence[Pair]], names: Sequence[str]) -> list[str]:
    told = crossed(halves, fitted(halves, names))
    both = [each for found in told.values() for each in found]
    named = [(f"{half}, fitted on the other", found) for half, found in told.items()]
    return [row(name, found) for name, found in [("each half fitted on the other", both), *named] if found]


def ablation(halves: Mapping[str, Sequence[Pair]], names: Sequence[str]) -> list[str]:
    """Each half fitted on the other without one signal."""
    left = {"nothing": list(names)} | {name: [each for each in names if each != name] for name in names}
    found = {name: crossed(halves, fitted(halves, kept)) for name, kept in left.items()}
    return [row(name, [each for half in told.values() for each in half]) for name, told in found.items()]


def route_lines(corpus: Corpus, names: Sequence[str]) -> list[str]:
    """Repository @1 by half, fitted on the tuning half and crossed, without each of the signals."""
    cases = route_cases(corpus)
    found = ["| without | tuning | held out | crossed | masked: tuning | held out | crossed |", "|---" * 7 + "|"]
    halves = by_half(corpus, [(ticket, case) for ticket, _, case in cases])
    for left in ("nothing", *names):
        given = fitted(halves, [name for name in names if name != left], ROUTES_SHRINK)
        cells = []
        for how in (PLAIN, MASKED):
            mine = by_half(corpus, [(ticket, case) for ticket, which, case in cases if which == how])
            right = {half: _first(pairs, given[TUNING]) for half, pairs in mine.items()}
            other = [one for half, pairs in mine.items() for one in _first(pairs, given[OTHER[half]])]
            cells += [f"{100 * sum(each) / len(each):.1f}" for each in (right[TUNING], right[HELD_OUT], other)]
        found.append(f"| {left} | {' | '.join(cells)} |")
    return found


def _first(pairs: Sequence[Pair], given: Weights) -> list[bool]:
    return [softmax.order(case, given)[0] in case.right for _, case in pairs]


def written(files: Weights, repositories: Weights, right: Weights, complete: Weights) -> str:
    """The module `weights.py`."""

    def body(found: Weights, digits: int) -> str:
        return "{" + ", ".join(f'"{name}": {round(value, digits)}' for name, value in found.items()) + "}  # fmt: skip"

    return "\n".join(
        [
            '"""What each signal is worth: data, written by `python -m bench.discovery.fit` (docs/discovery.md)."""',
            "",
            "# ruff: noqa: E501",
            "",
            "from __future__ import annotations",
            "",
            f"FILES = {body(files, 2)}",
            f"REPOSITORIES = {body(repositories, 2)}",
            'CONSTANT = "constant"',
            f"RIGHT = {body(right, 3)}",
            f"COMPLETE = {body(complete, 3)}",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.discovery.fit", description=__doc__)
    arguments(parser)
    parser.add_argument("--ablate", action="store_true", help="what each signal is worth")
    parser.add_argument("--write", action="store_true", help="write weights.py; once more for the probabilities' own")
    given = parser.parse_args()
    corpus = load(given, parser)
    halves = by_half(corpus, file_cases(corpus))
    print(HEAD, "|---" * 8 + "|", *cross_rows(halves, list(FILES)), sep="\n")
    if given.ablate:
        print("", "without, each half fitted on the other:", HEAD, "|---" * 8 + "|", sep="\n")
        print(*ablation(halves, list(FILES)), "", *route_lines(corpus, list(REPOSITORIES)), sep="\n")
    if given.write:
        routes = by_half(corpus, [(ticket, case) for ticket, _, case in route_cases(corpus)])
        told = calibration.statements(measure(corpus), {each["id"]: each["repo"] for each in corpus.tickets})
        sure = [calibration.fitted(each) for each in told.values()]
        new = fitted(halves, list(FILES))[TUNING], fitted(routes, list(REPOSITORIES), ROUTES_SHRINK)[TUNING]
        Path(weights.__file__).write_text(written(*new, *sure))


if __name__ == "__main__":
    main()
