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
from ferry.domain.delivery import Delivery
from ferry.domain.incident import read_thresholds
from ferry.settings import read
from ferry.usecases.admit import Rules, admit

logger = Logger(service="worker")


@dataclass(frozen=True)
class WorkerSettings:
    """approvers: Slack user ids, separated by commas, of whom at least one is needed;
    incident_thresholds: e.g. ``fatal=1``."""

    trigger_label: str
    approvers: tuple[str, ...]
    max_revisions: int
    lease_seconds: int
    jira_own_account: str = ""
    incident_thresholds: tuple[str, ...] = ()


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
    )
    return CloudWorld.from_environment(), rules


def _record(record: SQSRecord) -> None:
    delivery = Delivery.from_json(record.body)
    receipt = admit(delivery, *_wiring())
    logger.info(receipt.reason, delivery=delivery.name, outcome=receipt.outcome, task_id=receipt.task_id)


def handler(event: Mapping[str, Any], context: Any) -> Any:
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=dict(event), record_handler=_record, processor=processor, context=context)
