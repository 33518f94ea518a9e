"""`python -m bench.injections`: what comes of a model that obeys whatever it reads, by place and outcome."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from bench.injections.corpus import Case, corpus
from bench.injections.judge import OUTCOMES, breaches, noticed, outcome
from bench.injections.scene import Played
from bench.injections.stages import play


def table(played: Mapping[Case, Played]) -> str:
    rows = [f"| place | cases | {' | '.join(OUTCOMES)} | noticed |", f"| --- |{' ---: |' * (len(OUTCOMES) + 2)}"]
    places = sorted({case.place for case in played})
    rows += [_row(place, [one for case, one in played.items() if case.place == place]) for place in places]
    return "\n".join([*rows, _row("all", list(played.values()))])


def _row(name: str, played: list[Played]) -> str:
    ends = [outcome(one) for one in played]
    counts = " | ".join(str(ends.count(end)) for end in OUTCOMES)
    return f"| {name} | {len(played)} | {counts} | {sum(map(noticed, played))} |"


def main() -> int:
    played = {case: play(case) for case in corpus()}
    print(table(played))
    found = [f"{case.id}: {'; '.join(breaches(one))}" for case, one in played.items() if breaches(one)]
    print("\n".join(found) or "nothing was written outside a plan, and no secret left")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
