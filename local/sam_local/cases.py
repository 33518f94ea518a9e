"""What must be there before an event, and what must hold after it: one line per event of `events/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ferry.domain.ci import CiState
from ferry.domain.task import TaskStatus
from local.sam_local import checks
from local.sam_local.checks import Played
from local.sam_local.seeds import Seeds, Values


@dataclass(frozen=True)
class Case:
    """seed: makes the values; check: says in a word what it found, or raises WrongAnswerError."""

    seed: Callable[[Seeds], Values]
    check: Callable[[Played], str]


CASES = {
    "jira_webhook.labelled": Case(Seeds.nothing, checks.queued),
    "jira_webhook.created_with_label": Case(Seeds.nothing, checks.queued),
    "jira_webhook.commented": Case(Seeds.nothing, checks.queued),
    "github_webhook.check_suite_completed": Case(Seeds.nothing, checks.queued),
    "github_webhook.issue_comment": Case(Seeds.nothing, checks.queued),
    "github_webhook.ping": Case(Seeds.nothing, checks.queued),
    "sentry_webhook.event_alert": Case(Seeds.nothing, checks.queued),
    "slack_events.approve_click": Case(Seeds.nothing, checks.queued),
    "slack_events.command": Case(Seeds.nothing, checks.queued),
    "slack_events.app_mention": Case(Seeds.nothing, checks.queued),
    "slack_events.url_verification": Case(Seeds.nothing, checks.challenged),
    "status_api.delivery": Case(Seeds.receipt, checks.shown),
    "status_api.task": Case(Seeds.task, checks.shown),
    "status_api.tasks": Case(Seeds.task, checks.listed),
    "worker.jira_labelled": Case(Seeds.nothing, checks.started),
    "worker.slack_approve": Case(Seeds.asked, checks.decided),
    "worker.github_comment": Case(Seeds.nothing, checks.received("rejected")),
    "worker.slack_mention": Case(Seeds.nothing, checks.received("ignored")),
    "worker.slack_status": Case(Seeds.nothing, checks.received("ignored")),
    "worker.github_check_suite": Case(Seeds.nothing, checks.received("ignored")),
    "dispatcher.discovery": Case(Seeds.task, checks.dispatched),
    "dispatcher.planning": Case(Seeds.task, checks.dispatched),
    "dispatcher.execution": Case(Seeds.task, checks.dispatched),
    "dispatcher.cicd": Case(Seeds.planned, checks.dispatched),
    # On a pull request that nobody knows there is nothing to do but to say so.
    "comment.prepare": Case(Seeds.nothing, checks.says("do", "answer")),
    "approval.ask": Case(Seeds.drafted, checks.asked),
    "approval.wait": Case(Seeds.decided, checks.told("decision", "approved")),
    "approval.remind": Case(Seeds.asked, checks.says("state", "waiting")),
    "approval.check": Case(Seeds.decided, checks.says("state", "holds")),
    "approval.inquire": Case(Seeds.planned, checks.inquired),
    "approval.listen": Case(Seeds.pointed, checks.told("answer", "chosen")),
    "approval.nudge": Case(Seeds.unanswered, checks.says("state", "expired")),
    "ci_watch.wait": Case(Seeds.drafted, checks.watching),
    "ci_watch.lapse": Case(Seeds.drafted, lambda played: str(CiState(played.payload["state"]))),
    "notifier.finish": Case(Seeds.green, checks.ended(TaskStatus.SUCCEEDED)),
    "notifier.reject": Case(Seeds.drafted, checks.ended(TaskStatus.REJECTED)),
    "notifier.expire": Case(Seeds.asked, checks.ended(TaskStatus.EXPIRED)),
    "notifier.nothing": Case(Seeds.task, checks.ended(TaskStatus.NOTHING_FOUND)),
    "notifier.fail": Case(Seeds.task, checks.ended(TaskStatus.FAILED)),
    "notifier.over_budget": Case(Seeds.task, checks.ended(TaskStatus.OVER_BUDGET)),
    "dispatcher.sentry": Case(Seeds.task, checks.dispatched),
    "incident.open": Case(Seeds.incident, checks.opened),
    "incident.fail": Case(Seeds.nothing, checks.not_opened),
    "index.refresh": Case(Seeds.nothing, checks.indexed),
    "sweep.tickets": Case(Seeds.nothing, checks.swept),
    "sentry.step": Case(Seeds.incident, checks.answered),
    "discovery.step": Case(Seeds.task, checks.answered),
    "planning.step": Case(Seeds.planned, checks.answered),
    "execution.step": Case(Seeds.approved, checks.answered),
    "cicd.step": Case(Seeds.approved, checks.answered),
    "slack.question": Case(Seeds.nothing, checks.replied),
}
