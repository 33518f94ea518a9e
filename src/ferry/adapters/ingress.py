"""The handler that every webhook function is: API Gateway in, SQS out. Standard library only."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from ferry.adapters import api_gateway
from ferry.adapters.ingress_aws import connect
from ferry.domain.errors import FerryError
from ferry.settings import read
from ferry.usecases.receive import Door, receive

if TYPE_CHECKING:
    from ferry.ports import Queue, Secrets

logger = logging.getLogger("ferry.ingress")


@dataclass(frozen=True)
class IngressSettings:
    """delivery_queue_url: where deliveries go; webhook_secret_id: the secret that its sender signs with."""

    delivery_queue_url: str
    webhook_secret_id: str


def ingress(
    door: Door, aws: Callable[[str], tuple[Secrets, Queue]] = connect
) -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """A Lambda handler for API Gateway's proxy events (payload v1); `aws` is given the URL of the queue."""

    @cache
    def wiring() -> tuple[IngressSettings, Secrets, Queue]:
        settings = read(IngressSettings, os.environ)
        secrets, queue = aws(settings.delivery_queue_url)
        return settings, secrets, queue

    def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        try:
            settings, secrets, queue = wiring()
            request = api_gateway.request(event)
        except ValueError as error:
            return api_gateway.answer(400, {"error": "not understood", "reason": str(error)})
        except FerryError as error:
            logger.error("%s: %s", type(error).__name__, error)
            return api_gateway.answer(503, {"error": "not ready", "reason": "this side is not configured; see its log"})
        status, content = receive(
            request, door, secret=lambda: _secret(secrets, settings), queue=queue, now=datetime.now(UTC)
        )
        return api_gateway.answer(status, content)

    return handler


def _secret(secrets: Secrets, settings: IngressSettings) -> str:
    try:
        return secrets.get(settings.webhook_secret_id)
    except FerryError as error:
        logger.error("%s: %s", type(error).__name__, error)
        raise
