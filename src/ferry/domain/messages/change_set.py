"""What Slack and pull requests say of a whole change set: it is merged, or it is to be undone."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Rendered, context, escaped, link, section
from ferry.domain.pr_body import plain
from ferry.domain.task import PullRequest, Task
from ferry.domain.words import people


def merged(task: Task, pulls: Sequence[PullRequest]) -> Rendered:
    count = f"All {len(pulls)} pull requests are" if len(pulls) > 1 else "The pull request is"
    text = f"{count} merged: {task.ticket_key}, {task.title}"
    undo = f"`/agent revert {task.id}` would prepare undoing it."
    return text, [section(f":tada: {escaped(text)}\n{_links(pulls)}\n{undo}")]


def _links(pulls: Sequence[PullRequest]) -> str:
    return " · ".join(link(pull.url, f"{pull.repo}#{pull.number}") for pull in pulls)


def reverted(task: Task, undone: Sequence[tuple[PullRequest, str, str]], by: str) -> Rendered:
    """undone: what was merged, the url of what undoes it ("" if nothing does), and then why; in the order to merge."""
    ready = sum(bool(url) for _, url, _ in undone)
    text = f"Undoing {task.ticket_key}: {ready} of {len(undone)} pull requests are prepared; merging them is yours"
    lines = [f"{place}. {_undone(pull, url, why)}" for place, (pull, url, why) in enumerate(undone, 1)]
    asked = people(f"by {escaped(by)}", lambda user: f"<@{user}>")
    return text, [section("\n".join((f"*{escaped(text)}*", *lines))), context(f"asked {asked} · merge in this order")]


def _undone(pull: PullRequest, url: str, why: str) -> str:
    place = f"{pull.repo}#{pull.number}"
    return link(url, f"undoes {place}") if url else f"{link(pull.url, place)} needs a person: {escaped(why)}"


def revert_body(task: Task, pull: PullRequest, links: Sequence[tuple[PullRequest, str]], by: str) -> str:
    """Markdown. links: each merged pull request with the url of what undoes it, in the order to merge."""
    order = "\n".join(
        f"{place}. {url or 'needs a person'} (undoes {one.repo}#{one.number})"
        + (" ← this one" if one.repo == pull.repo else "")
        for place, (one, url) in enumerate(links, 1)
    )
    whole = f"\n\n### Merge order\n\n{order}" if len(links) > 1 else ""
    asked = people(f"by {plain(by)}", lambda _: "somebody in Slack")
    return (
        f"Reverts {pull.repo}#{pull.number}, which carried {plain(task.ticket_key)}: {plain(task.title)}.\n\n"
        f"Asked {asked}; task `{task.id}`. Merging is yours.{whole}\n"
    )
