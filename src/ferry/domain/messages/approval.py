"""The plan as it is put before a person, and as it stands after the decision."""

from __future__ import annotations

from collections.abc import Sequence

from ferry.domain.approval import Approval, Decision, Vote
from ferry.domain.messages.blocks import (
    Block,
    Rendered,
    bullets,
    button,
    context,
    escaped,
    header,
    link,
    mention,
    moment,
    section,
)
from ferry.domain.messages.votes import standing, voters
from ferry.domain.plan import PlanRecord
from ferry.domain.policy import Need
from ferry.domain.reminders import Due
from ferry.domain.task import PullRequest, Task
from ferry.domain.ticket import Ticket
from ferry.domain.triggers.slack import DIGEST_SHOWN, FEEDBACK_BLOCK, button_value

REOPENED = ":repeat: *This plan was approved, and then something under it changed. Please look again:*"
VERBS = {
    Decision.APPROVED: "Approved",
    Decision.CHANGES_REQUESTED: "Changes requested",
    Decision.REJECTED: "Rejected",
    Decision.EXPIRED: "Expired",
}


def approval_request(
    approval: Approval,
    record: PlanRecord,
    ticket: Ticket,
    pulls: Sequence[PullRequest],
    spent: str,
    warning: str = "",
    needs: Sequence[Need] = (),
) -> Rendered:
    """Everything that the digest covers, and the three buttons. spent: money so far; warning: to read first;
    needs: what an approval takes, and who gave it already."""
    text = f"Plan {record.revision} for {ticket.key} waits for approval: {ticket.title}"
    return text, [*_plan(approval, record, ticket, pulls, spent, warning), *standing(needs), *_buttons(approval)]


def decided(
    approval: Approval,
    record: PlanRecord,
    ticket: Ticket,
    pulls: Sequence[PullRequest],
    spent: str,
    warning: str = "",
    votes: Sequence[Vote] = (),
) -> Rendered:
    """The same message without buttons, and with who, when and why."""
    verb = VERBS[approval.decision or Decision.EXPIRED]
    by = f" by {mention(approval.decided_by)}" if approval.decided_by else ""
    reason = f"\n>{escaped(approval.reason)}" if approval.reason else ""
    text = f"Plan {record.revision} for {ticket.key}: {verb.lower()}"
    when = approval.decided_at or "in time by nobody"
    last = section(f"*{verb}*{by} · {when}{reason}")
    return text, [*_plan(approval, record, ticket, pulls, spent, warning), *voters(votes), last]


def reminder(approval: Approval, due: Due, task: Task) -> Rendered:
    """In the request's thread: who is asked now, and until when."""
    what = f"Plan {approval.revision} for {task.ticket_key} still waits for a decision"
    called = " ".join(mention(one) for one in due.who)
    left = f"it expires {moment(approval.expires_at)}; nobody answering is not a rejection"
    return what, [section(f":hourglass_flowing_sand: *{escaped(what)}* {called}".rstrip()), context(left)]


def _plan(
    approval: Approval, record: PlanRecord, ticket: Ticket, pulls: Sequence[PullRequest], spent: str, warning: str = ""
) -> list[Block]:
    plan = record.plan
    tests = [f"`{case.repo}` {escaped(case.file)}: {escaped(case.assertion)}" for case in plan.test_strategy]
    tasks = [f"*{task.id}* `{task.repo}` {escaped(task.file)} — {escaped(task.description)}" for task in plan.tasks]
    changed = f"*You asked for*\n>{escaped(record.feedback)}\n\n" if record.feedback else ""
    return [
        header(f"{ticket.key}: {ticket.title}"),
        *([section(warning)] if warning else []),
        *([section(f"{REOPENED}\n{bullets(approval.since)}")] if approval.since else []),
        section(
            f"{changed}{escaped(plan.summary)}\n{link(ticket.url, ticket.key)} · asked by {escaped(ticket.author)}"
        ),
        section(f"*In scope*\n{bullets(map(escaped, plan.scope_in))}"),
        section(f"*It will not*\n{bullets(map(escaped, plan.scope_out))}"),
        section(f"*Work, in this order*\n{bullets(tasks)}"),
        section(f"*Tests to come*\n{bullets(tests)}"),
        section(f"*Draft pull requests*\n{bullets(_pull(pull) for pull in pulls)}"),
        context(
            f"Risk *{plan.risk}*: {escaped(plan.risk_reason)} · spent {spent}, ceiling ${record.budget_cents / 100:.2f}"
            f" · plan {record.revision} · digest `{approval.digest[:DIGEST_SHOWN]}` · task `{approval.task_id}`"
        ),
    ]


def _pull(pull: PullRequest) -> str:
    return f"{pull.position}. {link(pull.url, f'{pull.repo}#{pull.number}')} on `{escaped(pull.branch)}`"


def _buttons(approval: Approval) -> list[Block]:
    value = button_value(approval.task_id, approval.id, approval.digest)
    return [
        {
            "type": "input",
            "block_id": FEEDBACK_BLOCK,
            "optional": True,
            "label": {"type": "plain_text", "text": "What should change, or why not"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 3000},
        },
        {
            "type": "actions",
            "block_id": "decision",
            "elements": [
                button("Approve", "approve", value, "primary"),
                button("Request changes", "request_changes", value),
                button("Reject", "reject", value, "danger"),
            ],
        },
    ]
