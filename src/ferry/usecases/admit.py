"""Admission: claim a delivery, decide by pure rules what it asks for, do that once, and write the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import PermanentError, TransientError
from ferry.domain.incident import DEFAULTS
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.github import read_github
from ferry.domain.triggers.jira import read_jira
from ferry.domain.triggers.sentry import read_sentry
from ferry.domain.triggers.slack import Click, Command, read_slack
from ferry.usecases.ci import ci_finished
from ferry.usecases.command import obey
from ferry.usecases.consider import consider
from ferry.usecases.decide import decide
from ferry.usecases.doors import json_object, slack_body
from ferry.usecases.start import start
from ferry.usecases.world import World


@dataclass(frozen=True)
class Rules:
    """label: what starts a task; own_account: Jira account id that is Ferry; approvers: Slack users who may decide;
    max_revisions: how many plans a person may ask for; lease_seconds: longer than a worker may take;
    thresholds: events in 24 hours by level, from which on an error is an incident."""

    label: str
    own_account: str
    approvers: frozenset[str]
    max_revisions: int
    lease_seconds: int = 60
    thresholds: Mapping[str, int] = field(default_factory=lambda: DEFAULTS)


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
            return _github(delivery, world)
        case Source.SLACK:
            return _slack(delivery, world, rules)
        case Source.SENTRY:
            return _sentry(delivery, world, rules)
        case Source.SWEEP:  # what was lost is admitted by the same rules as what arrived
            return (_jira if delivery.kind.startswith("jira:") else _sentry)(delivery, world, rules)


def _jira(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    body = json_object(delivery.body.encode())
    wish = read_jira(body, label=rules.label, own_account=rules.own_account, at=delivery.received_at)
    return _ignored(delivery, wish, world) if isinstance(wish, Nothing) else start(delivery, wish, world)


def _sentry(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    wish = read_sentry(delivery.kind, json_object(delivery.body.encode()))
    return (
        _ignored(delivery, wish, world)
        if isinstance(wish, Nothing)
        else consider(delivery, wish, world, rules.thresholds)
    )


def _github(delivery: Delivery, world: World) -> Receipt:
    wish = read_github(delivery.kind, json_object(delivery.body.encode()))
    return _ignored(delivery, wish, world) if isinstance(wish, Nothing) else ci_finished(delivery, wish, world)


def _slack(delivery: Delivery, world: World, rules: Rules) -> Receipt:
    match read_slack(slack_body(delivery.body.encode())):
        case Click() as click:
            return decide(delivery, click, world, approvers=rules.approvers, max_revisions=rules.max_revisions)
        case Command() as command:
            return obey(delivery, command, world, approvers=rules.approvers, max_revisions=rules.max_revisions)
        case Nothing() as nothing:
            return _ignored(delivery, nothing, world)


def _ignored(delivery: Delivery, nothing: Nothing, world: World) -> Receipt:
    return Receipt(delivery.name, Outcome.IGNORED, nothing.reason, world.now())
