"""The request for approval: as it is put before a person, and as it stands after the decision."""

from __future__ import annotations

from ferry.domain.approval import Approval, Decision
from ferry.domain.messages.blocks import (
    LINE,
    Block,
    Rendered,
    button,
    called,
    clipped,
    escaped,
    link,
    mention,
    moment,
    quote,
    section,
)
from ferry.domain.messages.plan import Facts, plan_parts
from ferry.domain.reminders import Due
from ferry.domain.task import Task
from ferry.domain.triggers.slack import DIGEST_SHOWN, FEEDBACK_BLOCK, FEEDBACK_FIELD, LONGEST_WORDS, button_value

VERBS = {
    Decision.APPROVED: ":white_check_mark: *Approved*",
    Decision.CHANGES_REQUESTED: ":leftwards_arrow_with_hook: *Changes requested*",
    Decision.REJECTED: ":x: *Rejected*",
    Decision.EXPIRED: ":hourglass: *Expired*",
}
PERMISSION = {Decision.APPROVED: ":white_check_mark: *Allowed*", Decision.REJECTED: ":x: *Refused*"}


def approval_request(facts: Facts) -> Rendered:
    """Everything that the digest covers, and the three buttons."""
    what = f"{'A change' if facts.approval.narrow else f'Plan {facts.record.revision}'} for {facts.ticket.key}"
    waits = "needs permission" if facts.approval.narrow else "waits for approval"
    text = f"{what} {waits}: {facts.ticket.title}"
    return escaped(text), [*_blocks(facts), *_buttons(facts.approval)]


def decided(facts: Facts, newer: str = "") -> Rendered:
    """The same message without buttons, and with who, when and why. newer: mrkdwn, the request that replaced it."""
    approval = facts.approval
    what = (approval.decision or Decision.EXPIRED).replace("_", " ")
    shown = [*_blocks(facts), section(_verdict(approval))]
    if newer:
        shown.append(section(f":fast_forward: *A newer request replaced this one:* {newer}"))
    return escaped(f"Plan {facts.record.revision} for {facts.ticket.key}: {what}"), shown


def newer_request(approval: Approval, url: str) -> str:
    """How an older message names the one that replaced it. url: "" when there is no link to it."""
    again = f", opened {approval.opening} times" if approval.opening > 1 else ""
    return f"{link(url, f'plan {approval.revision}{again}')}, digest `{approval.digest[:DIGEST_SHOWN]}`"


def reminder(approval: Approval, due: Due, task: Task) -> Rendered:
    """In the request's thread: who is asked now, and until when."""
    what = f"Plan {approval.revision} for {task.ticket_key} still waits for a decision"
    left = f"it expires {moment(approval.expires_at)}; nobody answering is not a rejection"
    return escaped(what), called(what, due.who, left)


def _blocks(facts: Facts) -> list[Block]:
    return [part.block for part in plan_parts(facts)]


def _verdict(approval: Approval) -> str:
    decision = approval.decision or Decision.EXPIRED
    verb = PERMISSION.get(decision, VERBS[decision]) if approval.narrow else VERBS[decision]
    by = f" by {mention(approval.decided_by)}" if approval.decided_by else ""
    when = f" · {moment(approval.decided_at)}" if approval.decided_at else ""
    reason = f"\n{clipped(quote(approval.reason), LINE * 4)}" if approval.reason else ""
    return f"{verb}{by}{when} · digest `{approval.digest[:DIGEST_SHOWN]}`{reason}"


def _buttons(approval: Approval) -> list[Block]:
    value = button_value(approval.task_id, approval.id, approval.digest)
    yes, no = ("Allow", "Refuse") if approval.narrow else ("Approve", "Reject")
    words = {"type": "plain_text_input", "action_id": FEEDBACK_FIELD, "multiline": True, "max_length": LONGEST_WORDS}
    return [
        {
            "type": "input",
            "block_id": FEEDBACK_BLOCK,
            "optional": True,
            "label": {"type": "plain_text", "text": "What should change, or why not"},
            "element": words,
        },
        {
            "type": "actions",
            "block_id": "decision",
            "elements": [
                button(yes, "approve", value, "primary"),
                button("Request changes", "request_changes", value),
                button(no, "reject", value, "danger"),
            ],
        },
    ]
