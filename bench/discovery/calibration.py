"""How far Ferry's two probabilities are off. Each repository's tickets are told by a fit on all other repositories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.discovery import logistic
from bench.discovery.measure import Row

RIGHT, COMPLETE = "first repository is right", "first ten files are complete"


@dataclass(frozen=True)
class Told:
    """One statement: what was said of a ticket of a repository, and whether it was so."""

    repo: str
    features: Mapping[str, float]
    so: bool


def statements(rows: Sequence[Row], repos: Mapping[str, str]) -> dict[str, list[Told]]:
    """repos: ticket's id → repository. Plain and masked tickets together tell of the repository."""
    routes = [(row["id"], one) for row in rows for one in row["routes"].values()]
    return {
        RIGHT: [Told(repos[which], one["features"], one["place"] == 1) for which, one in routes],
        COMPLETE: [Told(repos[row["id"]], row["features"], row["complete"]) for row in rows],
    }


def fitted(told: Sequence[Told]) -> dict[str, float]:
    return logistic.fit([one.features for one in told], [one.so for one in told])


def left_out(told: Sequence[Told]) -> list[float]:
    """For each statement its probability by weights that have not seen its repository."""
    weights = {repo: fitted([one for one in told if one.repo != repo]) for repo in {one.repo for one in told}}
    return [logistic.probability(weights[one.repo], one.features) for one in told]


def lines(rows: Sequence[Row], repos: Mapping[str, str], half: Mapping[str, str]) -> list[str]:
    found = ["| probability that the | of | n | expected calibration error |", "|---|---|---|---|"]
    for name, told in statements(rows, repos).items():
        said = left_out(told)
        for group in ("all", *sorted(set(half.values()), reverse=True)):
            chosen = [(p, one.so) for p, one in zip(said, told, strict=True) if group in ("all", half[one.repo])]
            if chosen:
                off = logistic.error(logistic.bins([p for p, _ in chosen], [so for _, so in chosen]))
                found.append(f"| {name} | {group} | {len(chosen)} | {off:.3f} |")
    return found
