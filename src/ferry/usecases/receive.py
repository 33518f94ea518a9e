"""Ingress: verify, queue, answer. Nothing else happens before the sender has its answer. Standard library only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ferry.domain.delivery import Delivery, Source
from ferry.domain.errors import FerryError
from ferry.domain.request import Request

if TYPE_CHECKING:
    from ferry.ports import Queue

LIMIT_BYTES = 5_000_000
# SQS takes 1 MiB (docs.aws.amazon.com, "Amazon SQS message quotas"); long bodies are packed before.
LIMIT_QUEUED = 1_000_000
MOST_SECRETS = 2
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """What one source does its own way.

    verify: headers, body, secret, seconds since the epoch; parse: the body, ValueError when it is not what it claims;
    describe: headers and parsed body to the sender's id for the delivery ("" if it sends none) and its kind;
    greet: the answer to what is no delivery at all; quiet: whether the sender takes any body for words to a person.
    """

    source: Source
    verify: Callable[[Mapping[str, str], bytes, str, float], bool]
    parse: Callable[[bytes], Mapping[str, Any]]
    describe: Callable[[Mapping[str, str], Mapping[str, Any]], tuple[str, str]]
    greet: Callable[[Mapping[str, Any]], dict[str, Any] | None] = lambda _: None
    quiet: Callable[[Mapping[str, Any]], bool] = lambda _: False


def receive(request: Request, door: Door, *, secret: Callable[[], str], queue: Queue, now: datetime) -> Answer:
    """The HTTP status and JSON for one delivery; 5xx only when our own side failed, so that the sender tries again."""
    if len(request.body) > LIMIT_BYTES:
        return _refusal(413, "too large", f"body: {len(request.body)} bytes, at most {LIMIT_BYTES} are taken")
    try:
        if not any(door.verify(request.headers, request.body, one, now.timestamp()) for one in _secrets(secret())):
            return _refusal(401, "not authentic", "the signature is missing, wrong or too old")
        parsed = door.parse(request.body)
    except ValueError as error:
        return _refusal(400, "not understood", str(error))
    except FerryError as error:
        return _refusal(503, "not ready", f"{type(error).__name__}: this side cannot verify now; try again")
    if greeting := door.greet(parsed):
        return 200, greeting
    return _enqueue(request, door, parsed, queue, now)


def _enqueue(request: Request, door: Door, parsed: Mapping[str, Any], queue: Queue, now: datetime) -> Answer:
    id, kind = door.describe(request.headers, parsed)
    delivery = Delivery(
        source=door.source,
        id=id or hashlib.sha256(request.body).hexdigest()[:32],
        kind=kind,
        body=request.body.decode(),
        received_at=now.isoformat(timespec="milliseconds"),
    )
    if len(request.body) > LIMIT_QUEUED // 2 and len(delivery.to_json()) > LIMIT_QUEUED:
        return _refusal(413, "too large", "body: is too long for the queue, even packed")
    try:
        queue.send(delivery)
    except FerryError:
        return _refusal(503, "not stored", "the delivery could not be queued; send it again")
    return 200, {} if door.quiet(parsed) else {"delivery_id": delivery.name}


def _secrets(value: str) -> list[str]:
    """One per line; while the sender changes from one secret to the next there are two, and both are right."""
    return [line for line in value.splitlines() if line][:MOST_SECRETS]


def _refusal(status: int, error: str, reason: str) -> Answer:
    return status, {"error": error, "reason": reason}
