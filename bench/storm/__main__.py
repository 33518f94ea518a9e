"""`make storm`: exactly one run per trigger, nothing lost, a receipt for every delivery; exit code 1 otherwise."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.storm.run import Storm, storm
from bench.storm.schedule import SWEEPS, schedule
from ferry.domain.delivery import Outcome


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.storm", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--triggers", type=int, default=100)
    asked = parser.parse_args()
    plan = schedule(asked.seed, deliveries=asked.deliveries, triggers=asked.triggers)
    with tempfile.TemporaryDirectory() as folder:
        storm_ = storm(Path(folder), plan, asked.seed)
    print(f"Storm of seed {asked.seed}", *lines(storm_), sep="\n")
    return 0 if storm_.stood else 1


def lines(storm: Storm) -> Iterator[str]:
    outcomes = [str(outcome) for outcome in Outcome]
    head = ("", "triggers", "sent", "answered", "again", *outcomes, "no receipt", "runs", "lost", "doubled")
    yield _row(head)
    for source, one in storm.verdicts.items():
        receipts = [one.receipts[outcome] for outcome in outcomes]
        sent = (storm.sent[source], storm.answered[source], storm.again[source])
        yield _row(
            (source, one.triggers, *sent, *receipts, len(one.missing), one.runs, len(one.lost), len(one.doubled))
        )
    for source, one in storm.verdicts.items():
        for what in ("missing", "lost", "doubled"):
            if names := getattr(one, what):
                yield f"  {source} {what}: {', '.join(names)}"
    calls = ", ".join(f"{call.rpartition('.')[2]} {count}" for call, count in sorted(storm.throttled.items()))
    swept = ", ".join(f"{count} {outcome}" for outcome, count in sorted(storm.swept.items()))
    yield f"  worker processes killed: {storm.kills}; calls refused: {calls or 'none'}"
    yield f"  sweeps beside the webhooks: {SWEEPS}; what they sent: {swept or 'nothing'}"
    yield f"  dead letters: {storm.dead_letters}; {storm.seconds:.0f} s until all was calm"


def _row(cells: tuple[object, ...]) -> str:
    return "  ".join(f"{cell!s:>{8 if number else 6}}" for number, cell in enumerate(cells))


if __name__ == "__main__":
    sys.exit(main())
