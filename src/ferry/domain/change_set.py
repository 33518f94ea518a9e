"""All pull requests of a task as one unit: where each stands, and whether it is its turn to be merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ferry.domain.ci import OWN
from ferry.domain.markdown import Section
from ferry.domain.task import PullRequest

CHECK = f"{OWN}merge-order"
"""Name of the check on each pull request of a change set."""
LONGEST = 140  # characters that GitHub takes as a status' description

WORDS = {
    "passed": "green",
    "failed": "red",
    "escalated": "red",
    "pending": "not tested yet",
    "none": "without CI",
    "skipped": "not tested",
    "timed out": "not tested in time",
    "moved": "moved by somebody else",
}
SECTION = Section("change-set")


class MergeOrder(StrEnum):
    """What a pull request waits for: that those before it are merged, or that they are green; OFF: no check at all."""

    MERGED = "merged"
    GREEN = "green"
    OFF = "off"


@dataclass(frozen=True)
class Turn:
    """mine: whether everything before it is as the rule wants it; says: why, at most `LONGEST` characters; url: of the
    pull request that is waited for, or of the first of the set."""

    mine: bool
    says: str
    url: str


def ordered(pulls: Sequence[PullRequest]) -> list[PullRequest]:
    return sorted(pulls, key=lambda pull: pull.position)


def turn(of: PullRequest, pulls: Sequence[PullRequest], rule: MergeOrder) -> Turn:
    """Of an open pull request of the set `pulls`."""
    before = [pull for pull in ordered(pulls) if pull.position < of.position]
    for pull in before:
        if blocked := _blocks(pull, rule):
            return Turn(False, f"{blocked}; {combined(pulls)}"[:LONGEST], pull.url)
    says = "all before it are " + rule if before else "first in the merge order"
    return Turn(True, f"{says}; {combined(pulls)}"[:LONGEST], ordered(pulls)[0].url)


def _blocks(pull: PullRequest, rule: MergeOrder) -> str:
    """Why those behind `pull` must wait; "" when they need not."""
    place = f"{pull.repo}#{pull.number}"
    if pull.state == "merged" or (rule is MergeOrder.GREEN and pull.state == "open" and pull.ci == "passed"):
        return ""
    if pull.state == "closed":
        return f"{place} was closed without being merged"
    return f"waits for {place} to be {rule} (CI {pull.ci})"


def combined(pulls: Sequence[PullRequest]) -> str:
    """``3 pull requests: 1 merged, 1 green, 1 red``; each is counted once, by the furthest that it got."""
    counts: dict[str, int] = {}
    for pull in pulls:
        counts[standing(pull)] = counts.get(standing(pull), 0) + 1
    return f"{len(pulls)} pull requests: " + ", ".join(f"{count} {word}" for word, count in counts.items())


def standing(pull: PullRequest) -> str:
    """In one word for a person."""
    if pull.state != "open":
        return pull.state
    return WORDS.get(pull.ci, pull.ci)


def section(pulls: Sequence[PullRequest], here: str) -> str:
    """Markdown of the set as a pull request's text shows it, between marks; "" for a single pull request. here: its
    repository."""
    if len(pulls) < 2:
        return ""
    rows = (
        f"| {place} | [{pull.repo}#{pull.number}]({pull.url}){' ← this one' if pull.repo == here else ''} "
        f"| {standing(pull)} |"
        for place, pull in enumerate(ordered(pulls), 1)
    )
    table = "\n".join(("| merge | pull request | stands |", "| --- | --- | --- |", *rows))
    return SECTION.marked(f"### Change set\n\n{combined(pulls)}. Merge them in this order.\n\n{table}")


def updated(body: str, pulls: Sequence[PullRequest], here: str) -> str:
    """`body` with its section made anew; unchanged where the marks are gone, for people may edit the text."""
    around = SECTION.around(body)
    return section(pulls, here).join(around) if around else body


def all_merged(pulls: Sequence[PullRequest]) -> bool:
    return bool(pulls) and all(pull.state == "merged" for pull in pulls)
