"""The worker of the queue: a delivery that fails for now stays in the queue, and the others do not wait for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from ferry.adapters.wiring import CloudWorld
from ferry.domain.admission.budget import DEFAULT, Budget
from ferry.domain.delivery import Delivery
from ferry.domain.incident import read_thresholds
from ferry.domain.policy import read_policy
from ferry.settings import read
from ferry.usecases.admit import admit
from ferry.usecases.rules import Rules

logger = Logger(service="worker")


@dataclass(frozen=True)
class WorkerSettings:
    """approvers: Slack user ids, separated by commas, at least one; approval_policy: see `read_policy`;
    mentions: what calls Ferry; incident_thresholds: e.g. ``fatal=1``; the others: see `Rules` and `Budget`."""

    trigger_label: str
    approvers: tuple[str, ...]
    max_revisions: int
    lease_seconds: int
    mentions: tuple[str, ...]
    jira_own_account: str = ""
    approval_policy: str = ""
    incident_thresholds: tuple[str, ...] = ()
    jira_triggerers: tuple[str, ...] = ()
    slack_users: tuple[str, ...] = ()
    github_own_login: str = ""
    starts_per_ticket: int = DEFAULT.ticket
    starts_per_pull_request: int = DEFAULT.pull_request
    starts_per_hour: int = DEFAULT.hour


@cache
def _wiring() -> tuple[CloudWorld, Rules]:
    settings = read(WorkerSettings, os.environ)
    rules = Rules(
        label=settings.trigger_label,
        own_account=settings.jira_own_account,
        approvers=frozenset(settings.approvers),
        max_revisions=settings.max_revisions,
        lease_seconds=settings.lease_seconds,
        thresholds=read_thresholds(settings.incident_thresholds),
        jira_triggerers=frozenset(settings.jira_triggerers),
        slack_users=frozenset(settings.slack_users),
        own_login=settings.github_own_login,
        budget=Budget(settings.starts_per_ticket, settings.starts_per_pull_request, settings.starts_per_hour),
        mentions=settings.mentions,
        policy=read_policy(settings.approval_policy, settings.approvers),
    )
    return CloudWorld.from_environment(), rules


def _record(record: SQSRecord) -> None:
    delivery = Delivery.from_json(record.body)
    receipt = admit(delivery, *_wiring())
    logger.info(receipt.reason, delivery=delivery.name, outcome=receipt.outcome, task_id=receipt.task_id)


def handler(event: Mapping[str, Any], context: Any) -> Any:
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=dict(event), record_handler=_record, processor=processor, context=context)
