"""How a task began and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.messages.blocks import Rendered, bullets, context, escaped, link, section
from ferry.domain.task import PullRequest, Task
from ferry.domain.ticket import Ticket
from ferry.domain.words import IS, people, plain_name, work

SIGNS = {"passed": ":white_check_mark:", "failed": ":x:", "escalated": ":warning:"}


def started(task: Task, ticket: Ticket) -> Rendered:
    text = f"Ferry carries {ticket.key}: {ticket.title}"
    line = f":ferry: *Ferry carries* {link(ticket.url, ticket.key)}: {escaped(ticket.title)}"
    return text, [section(line), context(f"task `{task.id}` · nothing is written before somebody approves the plan")]


def succeeded(task: Task, pulls: Sequence[PullRequest], spent: str) -> Rendered:
    green = (
        "the pull request is green and waits"
        if len(pulls) == 1
        else f"all {len(pulls)} pull requests are green and wait"
    )
    text = f"{task.ticket_key}: {green} for review"
    order = "merge in this order · " if len(pulls) > 1 else ""
    return text, [section(f"*{escaped(text)}*\n{_pulls(pulls)}"), context(f"{order}{spent} · task `{task.id}`")]


def rejected(task: Task, reason: str) -> Rendered:
    text = f"{task.ticket_key}: the plan was rejected; its pull requests are closed"
    return text, [section(f"*{escaped(text)}*" + (f"\n>{escaped(reason)}" if reason else ""))]


def expired(task: Task) -> Rendered:
    """task: with its `detail`, what nobody did. The plain text goes to Jira as well."""
    choice = task.resume_from == "choose"
    text = f"{task.ticket_key}: {task.detail}; the task rests, nothing was {'planned' if choice else 'rejected'}"
    named = f"; to name the repository first: `/agent add {task.id} owner/name`" if choice else ""
    return text, [
        section(f":hourglass: *{escaped(text)}*"),
        context(f"to ask again: `/agent retry {task.id}` or `python -m ferry resume {task.id}`{named}"),
    ]


def nothing_found(task: Task, what: str) -> Rendered:
    """The plain text goes to Jira as well, where nobody has Slack's commands at hand."""
    remedy = "name the repository, a feature or a file in the ticket and set the label again"
    text = f"{task.ticket_key}: nothing to change was found, and nothing was changed: {what}. To go on, {remedy}"
    return text, [
        section(
            f":mag: *{escaped(task.ticket_key)}: nothing to change was found, and nothing was changed*\n{escaped(what)}"
        ),
        context(f"{remedy}; or `/agent add {task.id} owner/name`, then `/agent retry {task.id}`"),
    ]


def failed(task: Task, error: str, what: str, pulls: Sequence[PullRequest] = ()) -> Rendered:
    """pulls: what was done stays, so each says how far it is."""
    text = f"{task.ticket_key}: stopped at {plain_name(task.status)} by {error}"
    kept = [f"{link(pull.url, f'{pull.repo}#{pull.number}')}: {escaped(work(pull))}" for pull in pulls]
    return text, [
        section(f":octagonal_sign: *{escaped(text)}*\n{escaped(what)}"),
        *([section(bullets(kept))] if kept else []),
        context(f"to go on from there: `python -m ferry resume {task.id}`"),
    ]


def over_budget(task: Task, what: str, spent: Sequence[str], pulls: Sequence[PullRequest]) -> Rendered:
    """task: as it was when it stopped; spent: the sum first, then on what it went. The text goes to Jira as well."""
    text = f"{task.ticket_key}: over budget while it {IS[task.status]}: {what}. {spent[0]}"
    left = f"*What is there*\n{_pulls(pulls)}" if pulls else "*What is there* nothing is written yet"
    return text, [
        section(f":money_with_wings: *{escaped(task.ticket_key)}: over budget, and it rests*\n{escaped(what)}"),
        section(bullets(map(escaped, spent))),
        section(f"{left}\nWhat is committed stays; what was not is kept in the task's record."),
        context(f"to let it spend more and go on from there: `/agent raise {task.id} &lt;dollars&gt;`"),
    ]


def stopped(task: Task, by: str) -> Rendered:
    """The plain text goes to Jira as well, where nobody knows a Slack user's id."""
    who = people(f"by {by}", lambda _: "somebody in Slack")
    shown = people(f"by {escaped(by)}", lambda user: f"<@{user}>")
    text = f"{task.ticket_key}: stopped {who}; nothing was closed"
    return text, [
        section(f":octagonal_sign: *{escaped(task.ticket_key)}: stopped {shown}; nothing was closed*"),
        context(f"to go on from there: `/agent retry {task.id}`"),
    ]


def _pulls(pulls: Sequence[PullRequest]) -> str:
    return "\n".join(
        f"{pull.position}. {SIGNS.get(pull.ci, ':hourglass:')} {link(pull.url, f'{pull.repo}#{pull.number}')}"
        + (f" {escaped(pull.note)}" if pull.note else "")
        for pull in pulls
    )
