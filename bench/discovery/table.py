"""The tables of the issue from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from bench.discovery.cases import MASKED, PLAIN
from bench.discovery.measure import Row

HEAD = "| of | n | hit@1 | hit@5 | hit@10 | acc@5 | acc@10 | MRR |"

Ranks = Sequence[int | None]


def lines(tickets: Sequence[Mapping[str, Any]], ranks: Mapping[str, Ranks], half: Mapping[str, str]) -> list[str]:
    """ranks: by ticket's id the place of every gold file, None for one that was not found; half: by repository."""
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


def routes(tickets: Sequence[Mapping[str, Any]], rows: Sequence[Row], half: Mapping[str, str]) -> list[str]:
    """Whether the right repository of all is first, as the ticket stands and with its repository's names masked."""
    of = {ticket["id"]: half[ticket["repo"]] for ticket in tickets}
    found = ["| repository @1, of | n | plain | masked | @3, plain | masked |", "|---" * 6 + "|"]
    for group in ("all", *sorted(set(of.values()), reverse=True)):
        chosen = [row["routes"] for row in rows if group in ("all", of[row["id"]])]
        places = [[each[how]["place"] for each in chosen] for how in (PLAIN, MASKED)]
        cells = [f"{100 * fmean(1 <= place <= k for place in each):.1f}" for k in (1, 3) for each in places]
        found.append(f"| {group} | {len(chosen)} | {' | '.join(cells)} |")
    return found


def bounds(tickets: Sequence[Mapping[str, Any]], half: Mapping[str, str]) -> list[str]:
    """What no ranking can pass: a fix of more files than there are places."""
    found = ["| at most, of | acc@5 | acc@10 | fixes of one file |", "|---" * 4 + "|"]
    for group in ("all", *sorted({half[ticket["repo"]] for ticket in tickets}, reverse=True)):
        sizes = [len(ticket["gold_files"]) for ticket in tickets if group in ("all", half[ticket["repo"]])]
        cells = [f"{100 * fmean(size <= most for size in sizes):.1f}" for most in (5, 10, 1)]
        found.append(f"| {group} | {' | '.join(cells)} |")
    return found


def times(rows: Sequence[Row]) -> list[str]:
    """CPU time of a query in a warm process."""
    routed = [one for row in rows for one in row["routes"].values()]
    told = {
        "files of the ticket's own repository": [row["ms"] for row in rows],
        "repositories of the organisation": [one["ms"] for one in routed],
        "repositories, then files of the best": [one["whole"] for one in routed],
    }
    found = ["| CPU of a query, ms | p50 | p95 | most |", "|---" * 4 + "|"]
    for name, spent in told.items():
        ordered = sorted(spent)
        cells = [ordered[round(share * (len(ordered) - 1))] for share in (0.5, 0.95, 1)]
        found.append(f"| {name} | {' | '.join(f'{value:.0f}' for value in cells)} |")
    return found
