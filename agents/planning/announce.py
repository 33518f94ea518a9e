"""The ticket hears where its plan is."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.errors import FerryError
from ferry.domain.plan import PlanRecord
from ferry.domain.task import PullRequest
from ferry.domain.ticket import Ticket
from ferry.ports import IssueTracker, TaskStore

TOLD = "ticket told"


def announce(
    record: PlanRecord, ticket: Ticket, pulls: Sequence[PullRequest], *, store: TaskStore, tracker: IssueTracker
) -> None:
    """Comment once per plan. A comment that fails is noted in the timeline and stops nothing."""
    what = f"plan {record.revision}, digest {record.digest[:12]}"
    if any(event.kind == TOLD and event.detail == what for event in store.events(record.task_id)):
        return
    try:
        tracker.comment(ticket.key, comment(record, pulls))
    except FerryError as error:
        store.add_event(record.task_id, "notice failed", f"{ticket.key} was not told of {what}: {error}")
    else:
        store.add_event(record.task_id, TOLD, what)


def comment(record: PlanRecord, pulls: Sequence[PullRequest]) -> str:
    """Markdown; the model's words cannot make a link or a second line of it."""
    summary = " ".join(record.plan.summary.split()).replace("](", "] (")
    drafts = "\n".join(f"{place}. [{pull.repo}#{pull.number}]({pull.url})" for place, pull in enumerate(pulls, 1))
    return (
        f"**Plan {record.revision}** is ready and goes before people. {summary}\n\n"
        f"Draft pull requests with the whole plan, in merge order:\n\n{drafts}\n\n"
        "Nothing else is written before a person approves."
    )
