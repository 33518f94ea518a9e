"""Deliveries: ``DELIVERY#source:id / RECEIPT``. The body is never stored."""

from __future__ import annotations

import contextlib

from ferry.adapters.dynamodb.table import Item, Table
from ferry.domain.delivery import Delivery, Outcome, Receipt
from ferry.domain.errors import Conflict, NotFound

KEEP_SECONDS = 30 * 86400
FORGOTTEN_SECONDS = 3600
NEWEST = 50
OWNER = {"#owner": "owner"}


class Deliveries(Table):
    def claim_delivery(self, delivery: Delivery, owner: str, *, lease_seconds: int) -> Receipt | None:
        now = int(self._clock.now().timestamp())
        claim = _claim(delivery, owner, now, lease_seconds)
        # AWS's own client tries a write again whose answer was lost: what we hold ourselves is free for us.
        free = "attribute_not_exists(pk) OR (attribute_not_exists(outcome) AND (lease_until < :now OR #owner = :owner))"
        try:
            self._put(claim, free, OWNER, now=now, owner=owner)
        except Conflict:
            if receipt := self._receipt(delivery.name):
                return receipt
            raise
        return None

    def release_delivery(self, delivery: Delivery, owner: str) -> None:
        now = int(self._clock.now().timestamp())
        ours = "attribute_not_exists(outcome) AND #owner = :owner"
        with contextlib.suppress(Conflict):
            self._put(_claim(delivery, owner, now, -1), ours, OWNER, owner=owner)

    def expired_claims(self) -> list[str]:
        before = int(self._clock.now().timestamp()) - FORGOTTEN_SECONDS
        found = [item for item in self._list("CLAIMS") if int(item["lease_until"]) < before]
        return [str(item["pk"]).removeprefix("DELIVERY#") for item in found]

    def put_receipt(self, receipt: Receipt, owner: str) -> None:
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
                "owner": owner,
            },
            "#owner = :owner",
            OWNER,
            owner=owner,
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


def _claim(delivery: Delivery, owner: str, now: int, lease_seconds: int) -> Item:
    return {
        **_key(delivery.name),
        "owner": owner,
        "kind": delivery.kind,
        "received_at": delivery.received_at,
        "lease_until": now + lease_seconds,
        "list": "CLAIMS",
        "listed_at": delivery.received_at,
        "expires": now + KEEP_SECONDS,
    }


def _key(delivery: str) -> dict[str, str]:
    return {"pk": f"DELIVERY#{delivery}", "sk": "RECEIPT"}
