"""Money: ``SPEND#account / ACCOUNT`` counts, ``HOLD#task / HOLD#id`` is reserved, ``TASK#id / LEDGER#time#id`` is paid,
``TASK#id / SANDBOX#time#id`` is a session that AWS takes money for.

A reservation and its counters are one transaction, and so are a line of the ledger and its counters. `used` is what the
condition looks at: spent and held together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from ferry.adapters.dynamodb.table import Item, Table, put, wire
from ferry.domain.errors import Conflict
from ferry.domain.ledger import LedgerEntry
from ferry.domain.paid_steps import SandboxSession
from ferry.domain.spending import Account, Hold, month_of

NEW, THERE = "attribute_not_exists(pk)", "attribute_exists(pk)"
COUNTED = ("spent", "held", "calls", "input", "output", "cache_read", "cache_write")


class DynamoSpending(Table):
    def reserve(self, hold: Hold, limits: Mapping[str, int]) -> None:
        money = hold.micro_dollars
        counters = []
        for name in hold.accounts:
            update = self._count(name, {"used": money, "held": money})
            if name in limits:
                room = limits[name] - money
                # An account that is not there yet has used nothing, which fits unless there is no room at all.
                unused = "attribute_not_exists(#used) OR " if room >= 0 else ""
                update["ConditionExpression"] = f"{unused}#used <= :room"
                update["ExpressionAttributeValues"] |= wire({":room": room})
            counters.append({"Update": update})
        item = {**_hold_key(hold), "data": hold.model_dump_json()}
        self._write([put(self._name, item, NEW), *counters])

    def settle(self, hold: Hold, entry: LedgerEntry) -> None:
        used = entry.usage
        counted = {"used": entry.micro_dollars - hold.micro_dollars, "held": -hold.micro_dollars}
        counted |= {"spent": entry.micro_dollars, "calls": 1, "input": used.input, "output": used.output}
        counted |= {"cache_read": used.cache_read, "cache_write": used.cache_write + used.cache_write_1h}
        line = {"pk": f"TASK#{hold.task_id}", "sk": f"LEDGER#{entry.at}#{hold.id}", "data": entry.model_dump_json()}
        self._write([*self._without(hold), put(self._name, line, NEW), *self._all(hold, counted)])

    def release(self, hold: Hold) -> None:
        money = -hold.micro_dollars
        with suppress(Conflict):
            self._write([*self._without(hold), *self._all(hold, {"used": money, "held": money})])

    def holds(self, task_id: str) -> list[Hold]:
        items = self._query(f"HOLD#{task_id}", "HOLD#")
        return [Hold.read(item["data"], f"record {item['sk']}") for item in items]

    def accounts(self, names: Iterable[str]) -> dict[str, Account]:
        return {name: _account(name, self._get(*_key(name).values()) or {}) for name in names}

    def accounts_of(self, month: str) -> list[Account]:
        items = self._list(f"SPEND#{month}")
        found = [_account(str(item["listed_at"]), item) for item in items]
        return sorted(found, key=lambda account: (-account.used, account.name))

    def ledger(self, task_id: str) -> list[LedgerEntry]:
        items = self._query(f"TASK#{task_id}", "LEDGER#")
        return [LedgerEntry.read(item["data"], f"record {item['sk']}") for item in items]

    def keep_session(self, task_id: str, session: SandboxSession) -> None:
        key = {"pk": f"TASK#{task_id}", "sk": f"SANDBOX#{session.began}#{session.id}"}
        self._put({**key, "data": session.model_dump_json()})

    def sessions(self, task_id: str) -> list[SandboxSession]:
        items = self._query(f"TASK#{task_id}", "SANDBOX#")
        return [SandboxSession.read(item["data"], f"record {item['sk']}") for item in items]

    def _without(self, hold: Hold) -> list[dict[str, Any]]:
        gone = {"TableName": self._name, "Key": wire(_hold_key(hold)), "ConditionExpression": THERE}
        return [{"Delete": gone}]

    def _all(self, hold: Hold, counted: Mapping[str, int]) -> list[dict[str, Any]]:
        return [{"Update": self._count(name, counted)} for name in hold.accounts]

    def _count(self, name: str, counted: Mapping[str, int]) -> dict[str, Any]:
        """Names begin with ``#``, because some of DynamoDB's reserved words are among them."""
        adds = ", ".join(f"#{field} :{field}" for field in counted)
        update: dict[str, Any] = {
            "TableName": self._name,
            "Key": wire(_key(name)),
            "UpdateExpression": f"ADD {adds}",
            "ExpressionAttributeNames": {f"#{field}": field for field in counted},
            "ExpressionAttributeValues": wire({f":{field}": value for field, value in counted.items()}),
        }
        if month := month_of(name):
            update["UpdateExpression"] += " SET #list = :list, listed_at = :name"
            update["ExpressionAttributeNames"]["#list"] = "list"
            update["ExpressionAttributeValues"] |= wire({":list": f"SPEND#{month}", ":name": name})
        return update


def _key(name: str) -> dict[str, str]:
    return {"pk": f"SPEND#{name}", "sk": "ACCOUNT"}


def _hold_key(hold: Hold) -> dict[str, str]:
    return {"pk": f"HOLD#{hold.task_id}", "sk": f"HOLD#{hold.id}"}


def _account(name: str, item: Item) -> Account:
    return Account(name=name, **{field: int(item.get(field, 0)) for field in COUNTED})
