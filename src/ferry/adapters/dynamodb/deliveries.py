"""Deliveries: ``DELIVERY#source:id / RECEIPT``. The body is never stored."""

from __future__ import annotations

import contextlib

from ferry.adapters.dynamodb.table import Item, Table
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, NotFound

KEEP_SECONDS = 30 * 86400
FORGOTTEN_SECONDS = 3600
NEWEST = 50


class Deliveries(Table):
    def claim_delivery(self, delivery: Delivery, *, lease_seconds: int) -> Receipt | None:
        now = int(self._clock.now().timestamp())
        claim = _claim(delivery, now, lease_seconds)
        free = "attribute_not_exists(pk) OR (attribute_not_exists(outcome) AND lease_until < :now)"
        try:
            self._put(claim, free, now=now)
        except Conflict:
            if receipt := self._receipt(delivery.name):
                return receipt
            raise
        return None

    def release_delivery(self, delivery: Delivery) -> None:
        now = int(self._clock.now().timestamp())
        with contextlib.suppress(Conflict):
            self._put(_claim(delivery, now, -1), "attribute_not_exists(outcome)")

    def expired_claims(self) -> list[str]:
        before = int(self._clock.now().timestamp()) - FORGOTTEN_SECONDS
        found = [item for item in self._list("CLAIMS") if int(item["lease_until"]) < before]
        return [str(item["pk"]).removeprefix("DELIVERY#") for item in found]

    def put_receipt(self, receipt: Receipt) -> None:
        expires = int(self._clock.now().timestamp()) + KEEP_SECONDS
        self._put(
            {
                **_key(receipt.delivery),
                "outcome": str(receipt.outcome),
                "reason": receipt.reason,
                "at": receipt.at,
                "task_id": receipt.task_id,
                "expires": expires,
                "list": f"RECEIPTS#{receipt.task_id}",
                "listed_at": receipt.at,
            }
        )

    def receipts(self, task_id: str = "") -> list[Receipt]:
        return [_read(item) for item in self._list(f"RECEIPTS#{task_id}", limit=NEWEST)]

    def receipt(self, delivery: str) -> Receipt:
        if receipt := self._receipt(delivery):
            return receipt
        where = "it never arrived, still waits in the queue, or lies among the dead letters (`make redrive`)"
        raise NotFound(f"no receipt for delivery {delivery}: {where}")

    def _receipt(self, delivery: str) -> Receipt | None:
        item = self._get(*_key(delivery).values())
        if item is None or "outcome" not in item:
            return None
        return _read(item)


def _read(item: Item) -> Receipt:
    delivery = item["pk"].removeprefix("DELIVERY#")
    return Receipt(delivery, Outcome(item["outcome"]), item["reason"], item["at"], item["task_id"])


def _claim(delivery: Delivery, now: int, lease_seconds: int) -> Item:
    return {
        **_key(delivery.name),
        "kind": delivery.kind,
        "received_at": delivery.received_at,
        "lease_until": now + lease_seconds,
        "list": "CLAIMS",
        "listed_at": delivery.received_at,
        "expires": now + KEEP_SECONDS,
    }


def _key(delivery: str) -> dict[str, str]:
    return {"pk": f"DELIVERY#{delivery}", "sk": "RECEIPT"}
