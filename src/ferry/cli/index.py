"""`index`: the indexes of a whole organisation, made or brought up to date here, with a line for each repository."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import Any, TextIO

from ferry.cli.verb import Answer
from ferry.domain.words import count
from ferry.usecases.indexing.making import HISTORY
from ferry.usecases.indexing.organisation import Summary, index_organisation
from ferry.usecases.indexing.refresh import Done, Refreshed, library_of
from ferry.usecases.world import World


def add(verbs: Any, options: argparse.ArgumentParser) -> None:
    verb = verbs.add_parser(
        "index", parents=[options], help="make or refresh every repository's index; run again, it goes on where it was"
    )
    verb.add_argument("--org", default="", help="repositories of this owner alone (default: all that Ferry may read)")
    verb.add_argument("--repo", action="append", default=[], metavar="NAME", help="this one alone; may be repeated")
    verb.set_defaults(run=index)


def index(given: argparse.Namespace, world: World) -> Answer:
    """Code 1 when a repository failed or the job ended early. Progress goes to stderr."""
    library = replace(library_of(world), backfill=HISTORY)
    summary = index_organisation(library, Lines(given.err), org=given.org, names=given.repo)
    data = {"repositories": [asdict(row) for row in summary.rows], "stopped": summary.stopped}
    return Answer(data, _told(summary), code=0 if summary.well else 1)


@dataclass(frozen=True)
class Lines:
    out: TextIO

    def done(self, what: Refreshed, seconds: float) -> None:
        files = f"{count(what.files, 'file')}, {what.read} read" if what.done in (Done.BUILT, Done.UPDATED) else ""
        told = "  ".join(
            part for part in (f"{what.done:<8}", what.repo, files, what.detail, f"{seconds:.1f} s") if part
        )
        self._line(told)

    def waits(self, seconds: float, why: str) -> None:
        self._line(f"waits     {seconds:.0f} s: {why}")

    def _line(self, text: str) -> None:
        self.out.write(" ".join(text.split("\n")) + "\n")
        self.out.flush()


def _told(summary: Summary) -> str:
    counts = Counter(row.done for row in summary.rows)
    parts = ", ".join(f"{counts[done]} {done}" for done in Done if counts[done])
    lines = [f"{len(summary.rows)} repositories: {parts}" if summary.rows else "no repository is listed"]
    if summary.stopped:
        lines.append(f"stopped: {summary.stopped}; the same command goes on where it was")
    elif counts[Done.FAILED]:
        lines.append("what failed has the index that it had before, if any; the same command tries it again")
    return "\n".join(lines)
