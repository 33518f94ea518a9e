"""The gate on the ticket and on pull requests, in Markdown: how people decide there, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape

from ferry.domain.approval import Approval
from ferry.domain.delivery import Outcome
from ferry.domain.plan import PlanRecord
from ferry.domain.task import PullRequest
from ferry.domain.triggers.slack import DIGEST_SHOWN

SAID = {Outcome.IGNORED: "Nothing was changed", Outcome.VOTED: "Your approval counts", Outcome.DECIDED: "Decided"}


def request_on_ticket(
    approval: Approval, record: PlanRecord, pulls: Sequence[PullRequest], budget_cents: int, mention: str
) -> str:
    """mention: what calls Ferry."""
    shown = approval.digest[:DIGEST_SHOWN]
    summary = " ".join(record.plan.summary.split()).replace("](", "] (")
    drafts = "\n".join(f"{place}. [{pull.repo}#{pull.number}]({pull.url})" for place, pull in enumerate(pulls, 1))
    changed = "".join(f"\n- {markdown(line)}" for line in approval.since)
    since = f"**It was approved, and then something under it changed:**\n{changed}\n\n" if changed else ""
    return (
        f"**Plan {approval.revision}** waits for approval, digest `{shown}`. {summary}\n\n{since}{_allows(approval)}"
        f"The whole plan is in PLAN.md of these drafts:\n\n{drafts}\n\n"
        f"The task may cost ${budget_cents / 100:.2f}; the request expires at {approval.expires_at}.\n\n"
        f"Who may decide answers in Slack, or here by a new comment:\n\n{_commands(shown, mention)}"
    )


def request_on_pull(approval: Approval, head: str, mention: str) -> str:
    """head: of this pull request, as the request covers it."""
    shown = approval.digest[:DIGEST_SHOWN]
    return (
        f"### Waits for approval until {approval.expires_at}\n\n{_allows(approval)}"
        f"Who may decide reviews this pull request at `{head[:12]}`, for the plan as a whole: *approve*, or *request "
        f"changes* and say what. A comment that names the request does the same:\n\n{_commands(shown, mention)}"
    )


def _allows(approval: Approval) -> str:
    """What the integrity gate found in a change that waits, whose lines only Slack shows."""
    if not approval.findings:
        return ""
    found = "\n".join(f"- {line.replace('](', '] (')}" for line in approval.findings)
    return f"**Approving also allows a change, shown in Slack, in which this was found:**\n\n{found}\n\n"


def answered(name: str, outcome: Outcome, reason: str) -> str:
    """name: of the person, whose words they are."""
    return f"{' '.join(name.split()).replace('](', '] (')}: {SAID.get(outcome, SAID[Outcome.IGNORED])}: {reason}."


def markdown(mrkdwn: str) -> str:
    """Slack's form in Markdown, as far as `Approval.since` uses it."""
    bold = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"**\1**", mrkdwn)
    return unescape(re.sub(r"\n*```\n*", "\n```\n", bold))


def _commands(shown: str, mention: str) -> str:
    return (
        f"- `{mention} approve {shown}`\n"
        f"- `{mention} changes {shown} <what should change>`\n"
        f"- `{mention} reject {shown} <why not>`"
    )
