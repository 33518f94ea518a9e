"""From (source, kind) to the pure rule that reads a wish out of a delivery's body, or says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ferry.domain.delivery import Delivery, Source
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.answer import PullAnswer, TicketAnswer, read_pull_answer, read_ticket_answer
from ferry.domain.triggers.comment import Remark, read_comment
from ferry.domain.triggers.github import (
    CiFinished,
    PullMoved,
    Pushed,
    read_github,
    read_news,
    read_pull,
    read_push,
    sender_refusal,
)
from ferry.domain.triggers.jira import read_edit, read_jira
from ferry.domain.triggers.pick import Pick, read_pick
from ferry.domain.triggers.sentry import Alert, read_sentry
from ferry.domain.triggers.slack import Click, Command, Mention, read_slack
from ferry.usecases.doors import json_object, slack_body
from ferry.usecases.rules import Rules

Reader = Callable[[Delivery, Rules], Any]


def read(delivery: Delivery, rules: Rules) -> Any:
    """The wish, of one of the types that `ferry.usecases.admit.USE_CASES` knows."""
    return READERS.get((delivery.source, delivery.kind), _other)(delivery, rules)


def _json(delivery: Delivery) -> dict[str, Any]:
    return json_object(delivery.body.encode())


def _issue(delivery: Delivery, rules: Rules) -> Ticket | TicketEdit | Nothing:
    """A label that starts, else a change of the text; the label's refusal tells more than the edit's."""
    allowed, at = rules.jira_triggerers, delivery.received_at
    wish = read_jira(_json(delivery), label=rules.label, own_account=rules.own_account, allowed=allowed, at=at)
    edit = read_edit(_json(delivery), at=at) if isinstance(wish, Nothing) else wish
    return wish if isinstance(edit, Nothing) else edit


def _comment(delivery: Delivery, rules: Rules) -> TicketAnswer | TicketEdit | Nothing:
    body, at = _json(delivery), delivery.received_at
    return read_ticket_answer(body, rules.calls_in("jira"), at=at) or read_edit(body, at=at)


def _finished(delivery: Delivery, rules: Rules) -> CiFinished | Nothing:
    return read_github(delivery.kind, _json(delivery))


def _words(delivery: Delivery, rules: Rules) -> PullAnswer | Remark | Nothing:
    body = _json(delivery)
    remark = read_comment(delivery.kind, body, rules.mentions)
    wish = read_pull_answer(delivery.kind, body, rules.calls_in("github"), remark) or remark
    if not isinstance(wish, Nothing) and (refusal := sender_refusal(body, rules.own_login)):
        return Nothing(refusal)
    return wish


def _push(delivery: Delivery, rules: Rules) -> Pushed | Nothing:
    return read_push(_json(delivery))


def _pull(delivery: Delivery, rules: Rules) -> PullMoved | Nothing:
    return read_pull(_json(delivery))


def _news(delivery: Delivery, rules: Rules) -> Nothing:
    return read_news(delivery.kind, _json(delivery))


def _slack(delivery: Delivery, rules: Rules) -> Click | Command | Mention | Pick | Nothing:
    body = slack_body(delivery.body.encode())
    return read_pick(body) or read_slack(body)


def _alert(delivery: Delivery, rules: Rules) -> Alert | Nothing:
    return read_sentry(delivery.kind, _json(delivery))


def _other(delivery: Delivery, rules: Rules) -> Nothing:
    if delivery.source is Source.GITHUB:
        return _news(delivery, rules)
    return Nothing(f"{delivery.kind or 'an event without a name'} starts nothing")


READERS: Mapping[tuple[Source, str], Reader] = {
    (Source.JIRA, "jira:issue_created"): _issue,
    (Source.JIRA, "jira:issue_updated"): _issue,
    (Source.JIRA, "comment_created"): _comment,
    (Source.JIRA, "comment_updated"): _comment,
    (Source.JIRA, "comment_deleted"): _comment,
    (Source.GITHUB, "check_run"): _finished,
    (Source.GITHUB, "check_suite"): _finished,
    (Source.GITHUB, "workflow_run"): _finished,
    (Source.GITHUB, "status"): _finished,
    (Source.GITHUB, "issue_comment"): _words,
    (Source.GITHUB, "pull_request_review"): _words,
    (Source.GITHUB, "pull_request_review_comment"): _words,
    (Source.GITHUB, "pull_request"): _pull,
    (Source.GITHUB, "push"): _push,
    (Source.GITHUB, "installation"): _news,
    (Source.GITHUB, "installation_repositories"): _news,
    (Source.SLACK, "block_actions"): _slack,
    (Source.SLACK, "view_submission"): _slack,
    (Source.SLACK, "command"): _slack,
    (Source.SLACK, "event_callback"): _slack,
    (Source.SENTRY, "event_alert"): _alert,
    (Source.SENTRY, "metric_alert"): _alert,
    (Source.SENTRY, "issue"): _alert,
    # What was lost is admitted by the same rules as what arrived.
    (Source.SWEEP, "jira:issue_created"): _issue,
    (Source.SWEEP, "jira:issue_updated"): _issue,
    (Source.SWEEP, "issue"): _alert,
}
