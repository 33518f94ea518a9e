"""What the demo says at its end: links, changes, money, time, and whether everything is green."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ferry.domain.paid_steps import PaidStep
from local.demo.money import print_money
from local.demo.peers import Peers
from local.demo.run import Told
from local.demo.show import now
from local.demo.split import HOW, split

GREEN = "green"
Json = Mapping[str, Any]


@dataclass(frozen=True)
class PullState:
    """A pull request as GitHub has it. state: green by the check runs of its head, draft, closed, or not green."""

    repo: str
    number: int
    url: str
    title: str
    state: str
    files: Sequence[Json]


def pull_states(told: Told, peers: Peers) -> list[PullState]:
    """In merge order."""
    return [_state(pull["repo"], pull["number"], peers) for pull in told.story["pull_requests"]]


def _state(repo: str, number: int, peers: Peers) -> PullState:
    pull = peers.pull(repo, number)
    state = pull_state(pull, green=peers.green(repo, pull["head"]["sha"]))
    return PullState(repo, number, pull["html_url"], pull["title"], state, peers.files(repo, number))


def pull_state(pull: Json, *, green: bool) -> str:
    """A draft holds the plan alone, so its green CI says nothing of the work."""
    if pull["state"] != "open":
        return "closed"
    if pull["draft"]:
        return "draft"
    return GREEN if green else "not green"


def all_green(pulls: Sequence[PullState], repositories: Iterable[str]) -> bool:
    """repositories: of the approved plan; each must have its green pull request."""
    return {pull.repo for pull in pulls if pull.state == GREEN} == set(repositories) and bool(pulls)


def print_summary(
    told: Told, pulls: Sequence[PullState], peers: Peers, aws: Sequence[PaidStep], console: Console, start: float
) -> None:
    """start: seconds that the stack took to start, 0 if it was up already; aws: what AWS would have taken."""
    _links(told, pulls, peers, console)
    _diffs(pulls, console)
    print_money(told.story, aws, console)
    _time(told, console, start)


def _links(told: Told, pulls: Sequence[PullState], peers: Peers, console: Console) -> None:
    info, key = peers.info, told.story["task"]["ticket_key"]
    lines = [("Jira ticket", f"{info['jira']}/browse/{key}")]
    lines += [(f"{pull.repo}#{pull.number}", f"{pull.url}  {pull.state}") for pull in pulls]
    shown = {url for _, url in lines}
    lines += [(f"CI {run.repo}", f"{run.url}  {run.conclusion} at {run.sha[:7]}") for run in _told_runs(told)]
    lines += [("Slack channel", info["slack"])] if info["slack"] not in shown else []
    console.print("\nLinks", style="bold")
    width = max(len(name) for name, _ in lines)
    for name, url in lines:
        console.print(f"  {name:<{width}}  {url}", soft_wrap=True, markup=False, highlight=False)


def _told_runs(told: Told) -> list[Any]:
    """The runs that the task waited for; those of the drafts before are left out."""
    waited = {(pull["repo"], pull["head"]) for pull in told.story["pull_requests"]}
    red = [event["detail"] for event in told.story["timeline"] if event["kind"] == "ci failed"]
    return [
        run for run in told.runs if (run.repo, run.sha) in waited or f"{run.repo} at {run.sha[:7]}" in red
    ]  # fmt: skip


def _diffs(pulls: Sequence[PullState], console: Console) -> None:
    for pull in pulls:
        console.print(f"\n{pull.repo}#{pull.number}  {pull.title}", style="bold", markup=False, highlight=False)
        width = max((len(file["filename"]) for file in pull.files), default=0)
        for file in pull.files:
            line = f"  {file['filename']:<{width}}  +{file['additions']:<4} -{file['deletions']}"
            console.print(line, soft_wrap=True, markup=False, highlight=False)


def _time(told: Told, console: Console, start: float) -> None:
    ended = max((step.ended for step in told.steps if step.ended), default=now())
    parts = split(told.steps, told.begun, ended)
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("spent on")
    table.add_column("seconds", justify="right")
    for name, seconds in (
        ("agents", parts.agents),
        ("CI", parts.ci),
        ("person", parts.person),
        ("Ferry and stand-ins", parts.ferry),
    ):
        table.add_row(name, f"{seconds:.1f}")
    table.add_section()
    table.add_row("from the label to the end", f"{parts.total:.1f}", style="bold")
    if start:
        table.add_row("with the stack's start", f"{parts.total + start:.1f}", style="bold")
    console.print("Time", style="bold")
    console.print(table)
    console.print(HOW, style="dim", highlight=False)
