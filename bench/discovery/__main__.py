"""`make bench-discovery DISCOVERY=<folder of the benchmark> TREES=<dev.git>`: everything measured, as tables.

A run that was broken off goes on where it stood. See README.md here for what to lay beside the repository.
"""

from __future__ import annotations

import argparse
import sys

from bench.discovery import calibration, fit, table
from bench.discovery.cases import file_cases
from bench.discovery.corpus import Corpus, arguments, load
from bench.discovery.costs import costs
from bench.discovery.measure import Row, measure
from bench.discovery.plot import draw
from ferry.domain.retrieval.weights import FILES


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.discovery", description=__doc__)
    arguments(parser)
    parser.add_argument("--files-only", action="store_true", help="files and repositories, no costs")
    parser.add_argument("--plot", help="where the reliability plot goes, as PNG")
    given = parser.parse_args()
    corpus = load(given, parser)
    rows = measure(corpus)
    halves = fit.by_half(corpus, file_cases(corpus))
    ranks = {row["id"]: row["ranks"] for row in rows}
    print(*table.lines(corpus.tickets, ranks, corpus.half), sep="\n")
    if all(halves.values()):
        print(*fit.cross_rows(halves, list(FILES)), sep="\n")
    print("", *table.routes(corpus.tickets, rows, corpus.half), "", *_sure(corpus, rows), sep="\n")
    print("", *table.bounds(corpus.tickets, corpus.half), "", *table.times(rows), sep="\n")
    if not given.files_only:
        options = ["--benchmark", given.benchmark, "--trees", given.trees, "--cache", given.cache]
        limit = ["--limit", str(given.limit)] if given.limit else []
        print("", *costs(corpus, [*map(str, options), *limit]), sep="\n", flush=True)
    if given.plot:
        draw(calibration.statements(rows, _repos(corpus)), given.plot)
    return 0


def _sure(corpus: Corpus, rows: list[Row]) -> list[str]:
    return calibration.lines(rows, _repos(corpus), corpus.half)


def _repos(corpus: Corpus) -> dict[str, str]:
    return {ticket["id"]: ticket["repo"] for ticket in corpus.tickets}


if __name__ == "__main__":
    sys.exit(main())
