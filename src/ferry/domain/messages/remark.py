"""What Ferry answers on a pull request, in Markdown; the words of others are in it without their power."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.plan import PlanRecord
from ferry.domain.pr_body import plain
from ferry.domain.task import Event, PullRequest, Task, TaskStatus
from ferry.domain.triggers.comment import MARK
from ferry.domain.words import people, plain_name, reason, standing

VERBS = (
    ("fix <what>", "change this pull request, within the files of its approved plan"),
    ("address review", "take up the review comments that are not resolved"),
    ("explain", "what this pull request is for, and who approved it"),
    ("status", "what its task does now"),
    ("retry", "go on with a task that stopped"),
    ("stop", "stop the task; nothing is closed"),
    ("help", "this list"),
)


_WRITES = "it writes to this branch now, and two would write at once"
_PLANS = "there is no approved plan yet that a change could belong to"
# Why nothing is changed on request in this state of the task, and what helps ({mention} and {task} are put in).
WHY_NOT = {
    TaskStatus.RECEIVED: (_PLANS, "ask again when the task is done; `{mention} status` says how far it is"),
    TaskStatus.DISCOVERING: (_PLANS, "ask again when the task is done; `{mention} status` says how far it is"),
    TaskStatus.AWAITING_CHOICE: (_PLANS, "ask again when the task is done; it waits in Slack for a repository's name"),
    TaskStatus.PLANNING: (_PLANS, "ask again when the task is done; `{mention} status` says how far it is"),
    TaskStatus.AWAITING_APPROVAL: (
        "its plan waits for a decision",
        "in Slack, *Request changes* or `/agent changes {task} <what>` changes the plan",
    ),
    TaskStatus.EXECUTING: (_WRITES, "ask again when the task is done; `{mention} status` says how far it is"),
    TaskStatus.WATCHING_CI: (
        "it waits for CI, and mends by itself what it can",
        "ask again when the task is done, or `{mention} stop` first",
    ),
    TaskStatus.FIXING_CI: (_WRITES, "ask again when the task is done, or `{mention} stop` first"),
    TaskStatus.NOTHING_FOUND: (
        "it found nothing to change",
        "name a repository by `/agent add {task} <repository>` in Slack, then `{mention} retry` goes on",
    ),
    TaskStatus.REJECTED: (
        "a person rejected its plan, and its pull requests were closed",
        "give the ticket its label again for a new run",
    ),
    TaskStatus.EXPIRED: ("nobody decided on its plan in time", "`{mention} retry` puts the plan before people again"),
    TaskStatus.OVER_BUDGET: (
        "it may not spend more",
        "`/agent raise {task} <dollars>` in Slack lets it, and it goes on where it stopped",
    ),
    TaskStatus.FAILED: ("it stopped before its work was done", "`{mention} retry` goes on where it stopped"),
}


def why_not(task: Task, mention: str) -> str:
    """Of a task whose status is in WHY_NOT."""
    reason, helps = WHY_NOT[task.status]
    state = task.status.replace("_", " ")
    command = helps.format(mention=mention, task=task.id)
    return f"I changed nothing: task `{task.id}` is {state}; {reason}. What helps: {command}."


def marked(text: str) -> str:
    return f"{text}\n\n{MARK}"


def help_text(mention: str, unknown: str = "") -> str:
    rows = "\n".join(f"- `{mention} {usage}`: {what}" for usage, what in VERBS)
    note = f"I do not know `{plain(unknown).replace('`', '')}`. " if unknown else ""
    return f"{note}For people who may write to this repository:\n\n{rows}"


def foreign(mention: str) -> str:
    return (
        "I did not open this pull request, so I change nothing here and have no task to explain, retry or stop: all I "
        "may do is say so. To have me work on something, give its Jira ticket the label that starts me; on the pull "
        f"requests that I open for it, `{mention} help` tells what I can do."
    )


def status_text(task: Task, pulls: Sequence[PullRequest], last: Sequence[Event]) -> str:
    rows = "\n".join(f"- {pull.repo}#{pull.number}: CI {pull.ci}" for pull in pulls)
    lines = "\n".join(f"- {event.at[11:19]} {plain_name(plain(event.kind))}: {_people(event.detail)}" for event in last)
    state, why = standing(task)
    return f"Task `{task.id}` **{state}**{reason(_people(why))}\n\n{rows}\n\nLately (times in UTC):\n\n{lines}"


def explanation(record: PlanRecord, task: Task, repo: str, approver: str, spent: str) -> str:
    steps = "\n".join(
        f"- **{step.id}** {plain(step.description)} (`{step.file}`, proved by `{step.test_file}`)"
        for step in record.plan.tasks_of(repo)
    )
    where = _people(f"by {approver}")
    by = f"Plan {record.revision} was approved {where}" if approver else "Nobody has approved it yet"
    return (
        f"For {plain(task.ticket_key)}, {plain(task.title)}: {plain(record.plan.summary)}\n\n"
        f"In this repository:\n\n{steps}\n\n"
        f"{by}. Risk {record.plan.risk}: {plain(record.plan.risk_reason)}\n\n"
        f"Rollback: {plain(record.plan.rollback)}\n\nTask `{task.id}`, {spent} spent."
    )


def _people(text: str) -> str:
    """Nobody on GitHub knows a Slack user's id."""
    return people(plain(text), lambda _: "somebody in Slack")
