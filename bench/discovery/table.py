"""The table of the issue from what `evaluate.py --per-instance` wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from bench.discovery.halves import halves

HEAD = "| of | n | hit@1 | hit@5 | hit@10 | acc@5 | acc@10 | MRR |"

Ranks = Sequence[int | None]


def lines(tickets: Sequence[Mapping[str, Any]], ranks: Mapping[str, Ranks]) -> list[str]:
    """ranks: by ticket's id the place of every gold file, None for one that was not found."""
    half = halves(tickets)
    groups: dict[str, list[Ranks]] = {}
    for ticket in tickets:
        if ticket["id"] in ranks:
            names = ("all", half[ticket["repo"]], ticket["source"].split("+")[0], ticket["language"])
            for name in names:
                groups.setdefault(name, []).append(ranks[ticket["id"]])
    rows = [row(name, found) for name, found in sorted(groups.items(), key=lambda item: -len(item[1]))]
    return [HEAD, "|---" * 8 + "|", *rows]


def row(name: str, found: Sequence[Ranks]) -> str:
    hits = [fmean(any(place and place <= k for place in each) for each in found) for k in (1, 5, 10)]
    whole = [fmean(all(place and place <= k for place in each) for each in found) for k in (5, 10)]
    first = [min((place for place in each if place), default=0) for each in found]
    mrr = fmean(1 / place if place else 0.0 for place in first)
    shares = " | ".join(f"{100 * value:.1f}" for value in (*hits, *whole))
    return f"| {name} | {len(found)} | {shares} | {mrr:.3f} |"
