"""Errors that have a ticket: ``ERROR#fingerprint / TICKET``, forgotten after 90 days."""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Item, Table
from ferry.domain.incident import KEEP_DAYS, ErrorTicket


class Errors(Table):
    def error_ticket(self, fingerprint: str) -> ErrorTicket | None:
        item = self._get(f"ERROR#{fingerprint}", "TICKET")
        # DynamoDB deletes what has expired within days, not at once.
        return _ticket(item) if item and int(item["expires"]) >= self._seconds() else None

    def claim_error_ticket(self, fingerprint: str, owner: str, *, lease_seconds: int) -> ErrorTicket:
        known = self.error_ticket(fingerprint)
        claimed = (known or ErrorTicket(fingerprint=fingerprint, owner=owner)).model_copy(update={"owner": owner})
        now = self._seconds()
        free = "attribute_not_exists(pk) OR expires < :now OR #owner = :owner OR lease_until < :now"
        same = " OR ticket = :ticket" if claimed.ticket else ""
        values = {"now": now, "owner": owner, **({"ticket": claimed.ticket} if claimed.ticket else {})}
        self._put(self._item(claimed, now + lease_seconds), free + same, {"#owner": "owner"}, **values)
        return claimed

    def put_error_ticket(self, ticket: ErrorTicket) -> None:
        self._put(self._item(ticket, 0), "#owner = :owner", {"#owner": "owner"}, owner=ticket.owner)

    def _item(self, ticket: ErrorTicket, lease_until: int) -> Item:
        return {
            "pk": f"ERROR#{ticket.fingerprint}",
            "sk": "TICKET",
            "data": ticket.model_dump_json(),
            "owner": ticket.owner,
            "ticket": ticket.ticket,
            "lease_until": lease_until,
            "expires": self._seconds() + KEEP_DAYS * 86400,
        }

    def _seconds(self) -> int:
        return int(self._clock.now().timestamp())


def _ticket(item: Item) -> ErrorTicket:
    return ErrorTicket.read(item["data"], f"record {item['pk']}")
