"""Admission: claim a delivery, decide by pure rules what it asks for, do that once, and write the receipt."""

from __future__ import annotations

from dataclasses import dataclass

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import PermanentError, TransientError
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.comment import MENTIONS, SPOKEN, Remark, read_comment
from ferry.domain.triggers.github import read_github
from ferry.domain.triggers.jira import read_jira
from ferry.domain.triggers.slack import Click, Command, Mention, read_slack
from ferry.usecases.ask import ask
from ferry.usecases.ci import ci_finished
from ferry.usecases.command import obey
from ferry.usecases.decide import decide
from ferry.usecases.doors import json_object, slack_body
from ferry.usecases.hear import hear
from ferry.usecases.start import start
from ferry.usecases.world import World


@dataclass(frozen=True)
class Rules:
    """label: what starts a task; own_account: Jira account id that is Ferry; approvers: Slack users who may decide;
    max_revisions: how many plans a person may ask for; lease_seconds: longer than a worker may take;
    mentions: what calls Ferry at the beginning of a comment."""

    label: str
    own_account: str
    approvers: frozenset[str]
    max_revisions: int
    lease_seconds: int = 60
    mentions: tuple[str, ...] = MENTIONS


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
    match delivery.source:
        case Source.JIRA:
            return _jira(delivery, world, rules)
        case Source.GITHUB:
            return _github(delivery, world, rules)
        case Source.SLACK:
            return _slack(delivery, world, rules)
        case Source.SENTRY:
            return _ignored(delivery, Nothing("alerts start nothing yet"), world)


def _jira(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    body = json_object(delivery.body.encode())
    wish = read_jira(body, label=rules.label, own_account=rules.own_account, at=delivery.received_at)
    return _ignored(delivery, wish, world) if isinstance(wish, Nothing) else start(delivery, wish, world)


def _github(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    body = json_object(delivery.body.encode())
    if delivery.kind in SPOKEN:
        remark = read_comment(delivery.kind, body, rules.mentions)
        return hear(delivery, remark, world) if isinstance(remark, Remark) else _ignored(delivery, remark, world)
    wish = read_github(delivery.kind, body)
    return _ignored(delivery, wish, world) if isinstance(wish, Nothing) else ci_finished(delivery, wish, world)


def _slack(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    match read_slack(slack_body(delivery.body.encode())):
        case Click() as click:
            return decide(delivery, click, world, approvers=rules.approvers, max_revisions=rules.max_revisions)
        case Command() as command:
            return obey(delivery, command, world, approvers=rules.approvers, max_revisions=rules.max_revisions)
        case Mention() as mention:
            return ask(delivery, mention, world)
        case Nothing() as nothing:
            return _ignored(delivery, nothing, world)


def _ignored(delivery: Delivery, nothing: Nothing, world: World) -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, nothing.reason, world.now())
