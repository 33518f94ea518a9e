"""`make bench-gate`: the corpus through the gate, by kind and language; exit code 1 when a cheat is not caught by its
rule, or when one honest patch in twenty is stopped."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator

from bench.gate.cases import Case, cheats, honest
from ferry.adapters.detect_secrets import scan
from ferry.adapters.tree_sitter import parse
from ferry.domain.integrity import Finding, inspect

Row = tuple[str, int, int]


def found(case: Case) -> tuple[Finding, ...]:
    return inspect(case.changes, allowed=case.allowed, asked=case.asked, parse=parse, scan=scan)


def caught(case: Case) -> bool:
    """By the rule that it is meant for."""
    return any(one.rule == case.about for one in found(case))


def alarmed(case: Case) -> bool:
    """An honest patch is stopped."""
    return any(one.severity == "block" for one in found(case))


def asking(case: Case) -> bool:
    return bool(found(case)) and not alarmed(case)


def table(cases: list[Case], key: Callable[[Case], str], hit: Callable[[Case], bool]) -> Iterator[Row]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    for name in sorted(groups):
        yield name, len(groups[name]), sum(map(hit, groups[name]))


def show(title: str, cases: list[Case], hit: Callable[[Case], bool]) -> None:
    print(f"\n{title}: {sum(map(hit, cases))} of {len(cases)}")
    for key in (lambda case: case.about, lambda case: case.language):
        for name, count, hits in table(cases, key, hit):
            print(f"  {name:<24} {hits:>3} of {count:>3}")
        print()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.gate", description=__doc__)
    parser.add_argument("--part", choices=("all", "developed-on", "held-out"), default="all")
    parser.add_argument("--wrong", action="store_true", help="name each case that is not as it should be")
    given = parser.parse_args()
    wanted = {"all": (True, False), "developed-on": (False,), "held-out": (True,)}[given.part]
    bad, good = ([case for case in some if case.held in wanted] for some in (cheats(), honest()))
    show("Cheats caught by their rule", bad, caught)
    show("Honest patches stopped", good, alarmed)
    show("Honest patches asked about", good, asking)
    if given.wrong:
        wrong = [*(case for case in bad if not caught(case)), *(case for case in good if found(case))]
        for case in wrong:
            print(f"{case.name} ({case.about}):", *(f"\n    {one}" for one in found(case)))
    return int(not all(map(caught, bad)) or sum(map(alarmed, good)) * 20 >= len(good))


if __name__ == "__main__":
    sys.exit(main())
