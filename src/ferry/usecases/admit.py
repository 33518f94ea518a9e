"""Admission: claim a delivery, decide by pure rules what it asks for, do that once, and write the receipt.

Two tables say it all. READERS: from (source, kind) to the pure rule that reads a wish out of the body, or says why
there is none. USE_CASES: from the wish to what is done. A new trigger is a row in each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ferry.domain.admission.budget import DEFAULT, Budget
from ferry.domain.admission.people import JiraPeople, SlackPeople
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import PermanentError, TransientError
from ferry.domain.ticket import Ticket
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.comment import MENTIONS, Remark, read_comment
from ferry.domain.triggers.github import CiFinished, read_github, read_news, sender_refusal
from ferry.domain.triggers.jira import read_edit, read_jira
from ferry.domain.triggers.slack import Click, Command, Mention, read_slack
from ferry.usecases.ask import ask
from ferry.usecases.ci import ci_finished
from ferry.usecases.command import ACTS, DECISIONS, obey
from ferry.usecases.decide import decide
from ferry.usecases.doors import json_object, slack_body
from ferry.usecases.hear import hear
from ferry.usecases.start import start
from ferry.usecases.ticket_edits import show_edit
from ferry.usecases.world import World


@dataclass(frozen=True)
class Rules:
    """label: what starts a task; own_account: Jira account id that is Ferry; approvers: Slack users who may decide;
    max_revisions: how many plans a person may ask for; lease_seconds: longer than a worker may take;
    jira_triggerers: Jira account ids that may trigger (empty: see `JiraPeople`); slack_users: who may steer beside the
    approvers; own_login: Ferry's login at GitHub; budget: how often work may start; mentions: what calls Ferry at the
    beginning of a comment."""

    label: str
    own_account: str
    approvers: frozenset[str]
    max_revisions: int
    lease_seconds: int = 60
    jira_triggerers: frozenset[str] = frozenset()
    slack_users: frozenset[str] = frozenset()
    own_login: str = ""
    budget: Budget = DEFAULT
    mentions: tuple[str, ...] = MENTIONS

    @property
    def jira(self) -> JiraPeople:
        return JiraPeople(self.own_account, self.jira_triggerers)

    @property
    def slack(self) -> SlackPeople:
        return SlackPeople(self.approvers, self.slack_users)


Reader = Callable[[Delivery, Rules], Any]
UseCase = Callable[[Delivery, Any, World, Rules], Receipt]


def admit(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    """The delivery's receipt, old or new. TransientError gives the claim back, so that it is tried again."""
    if receipt := world.store.claim_delivery(delivery, lease_seconds=rules.lease_seconds):
        return receipt
    try:
        receipt = _act(delivery, world, rules)
    except PermanentError as error:
        receipt = Receipt(delivery.name, Outcome.REJECTED, f"{type(error).__name__}: {error}", world.now())
    except TransientError:
        world.store.release_delivery(delivery)
        raise
    world.store.put_receipt(receipt)
    return receipt


def _act(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    wish = READERS.get((delivery.source, delivery.kind), _other)(delivery, rules)
    return USE_CASES[type(wish)](delivery, wish, world, rules)


def _json(delivery: Delivery) -> dict[str, Any]:
    return json_object(delivery.body.encode())


def _issue(delivery: Delivery, rules: Rules) -> Ticket | TicketEdit | Nothing:
    """A label that starts, else a change of the text; the label's refusal tells more than the edit's."""
    allowed, at = rules.jira_triggerers, delivery.received_at
    wish = read_jira(_json(delivery), label=rules.label, own_account=rules.own_account, allowed=allowed, at=at)
    edit = read_edit(_json(delivery), at=at) if isinstance(wish, Nothing) else wish
    return wish if isinstance(edit, Nothing) else edit


def _comment(delivery: Delivery, rules: Rules) -> TicketEdit | Nothing:
    return read_edit(_json(delivery), at=delivery.received_at)


def _finished(delivery: Delivery, rules: Rules) -> CiFinished | Nothing:
    return read_github(delivery.kind, _json(delivery))


def _words(delivery: Delivery, rules: Rules) -> Remark | Nothing:
    body = _json(delivery)
    wish = read_comment(delivery.kind, body, rules.mentions)
    if isinstance(wish, Remark) and (refusal := sender_refusal(body, rules.own_login)):
        return Nothing(refusal)
    return wish


def _news(delivery: Delivery, rules: Rules) -> Nothing:
    return read_news(delivery.kind, _json(delivery))


def _slack(delivery: Delivery, rules: Rules) -> Click | Command | Mention | Nothing:
    return read_slack(slack_body(delivery.body.encode()))


def _alert(delivery: Delivery, rules: Rules) -> Nothing:
    return Nothing(f"Sentry's {delivery.kind.replace('_', ' ')}s start nothing yet")


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
    (Source.GITHUB, "issue_comment"): _words,
    (Source.GITHUB, "pull_request_review"): _words,
    (Source.GITHUB, "pull_request_review_comment"): _words,
    (Source.GITHUB, "pull_request"): _news,
    (Source.GITHUB, "push"): _news,
    (Source.GITHUB, "installation"): _news,
    (Source.GITHUB, "installation_repositories"): _news,
    (Source.SLACK, "block_actions"): _slack,
    (Source.SLACK, "command"): _slack,
    (Source.SLACK, "event_callback"): _slack,
    (Source.SENTRY, "event_alert"): _alert,
    (Source.SENTRY, "metric_alert"): _alert,
    (Source.SENTRY, "issue"): _alert,
}


def _start(delivery: Delivery, ticket: Ticket, world: World, rules: Rules) -> Receipt:
    return start(delivery, ticket, world, people=rules.jira, budget=rules.budget)


def _edit(delivery: Delivery, edit: TicketEdit, world: World, rules: Rules) -> Receipt:
    return show_edit(delivery, edit, world, rules.jira)


def _ci(delivery: Delivery, event: CiFinished, world: World, rules: Rules) -> Receipt:
    return ci_finished(delivery, event, world)


def _click(delivery: Delivery, click: Click, world: World, rules: Rules) -> Receipt:
    return decide(delivery, click, world, approvers=rules.approvers, max_revisions=rules.max_revisions)


def _command(delivery: Delivery, command: Command, world: World, rules: Rules) -> Receipt:
    if command.verb in DECISIONS.keys() | ACTS.keys() and (refusal := rules.slack.refusal(command.user)):
        world.chat.whisper(command.user, f"Nothing was changed: {refusal}.", channel=command.channel)
        return _ignore(delivery, Nothing(refusal), world, rules)
    return obey(delivery, command, world, approvers=rules.approvers, max_revisions=rules.max_revisions)


def _hear(delivery: Delivery, remark: Remark, world: World, rules: Rules) -> Receipt:
    return hear(delivery, remark, world, rules.budget)


def _ask(delivery: Delivery, mention: Mention, world: World, rules: Rules) -> Receipt:
    return ask(delivery, mention, world)


def _ignore(delivery: Delivery, nothing: Nothing, world: World, rules: Rules) -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, nothing.reason, world.now())


USE_CASES: Mapping[type, UseCase] = {
    Ticket: _start,
    TicketEdit: _edit,
    CiFinished: _ci,
    Click: _click,
    Command: _command,
    Mention: _ask,
    Remark: _hear,
    Nothing: _ignore,
}
