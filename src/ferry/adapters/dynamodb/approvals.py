"""Approvals at ``TASK#id / APPROVAL#id`` and waiting task tokens at ``TASK#id / TOKEN#kind``. Tokens never leave."""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Item, Table, wire
from ferry.domain.approval import Approval
from ferry.domain.errors import Conflict, NotFound

OPEN = "attribute_exists(pk) AND attribute_not_exists(decision)"


class Approvals(Table):
    def add_approval(self, approval: Approval, token: str) -> None:
        self._put(_item(approval, token), "attribute_not_exists(pk)")

    def approval(self, task_id: str, id: str) -> Approval:
        return _approval(self._approval_item(task_id, id))

    def approvals(self, task_id: str) -> list[Approval]:
        found = [_approval(item) for item in self._query(f"TASK#{task_id}", "APPROVAL#")]
        return sorted(found, key=lambda approval: approval.requested_at)

    def decide(self, decided: Approval) -> bool:
        token = self.approval_token(decided.task_id, decided.id)
        try:
            self._put({**_item(decided, token), "decision": str(decided.decision)}, OPEN)
        except Conflict:
            return False
        return True

    def approval_token(self, task_id: str, id: str) -> str:
        return str(self._approval_item(task_id, id)["token"])

    def set_approval_message(self, task_id: str, id: str, ref: str) -> None:
        item = self._approval_item(task_id, id)
        shown = _approval(item).model_copy(update={"message_ref": ref})
        self._put(_item(shown, item["token"]), OPEN)

    def put_token(self, task_id: str, kind: str, token: str) -> None:
        self._put({"pk": f"TASK#{task_id}", "sk": f"TOKEN#{kind}", "token": token})

    def token(self, task_id: str, kind: str) -> str | None:
        item = self._get(f"TASK#{task_id}", f"TOKEN#{kind}")
        return str(item["token"]) if item else None

    def tokens(self, task_id: str) -> list[str]:
        return [item["sk"].removeprefix("TOKEN#") for item in self._query(f"TASK#{task_id}", "TOKEN#")]

    def drop_token(self, task_id: str, kind: str, token: str) -> bool:
        delete = {
            "TableName": self._name,
            "Key": wire({"pk": f"TASK#{task_id}", "sk": f"TOKEN#{kind}"}),
            "ConditionExpression": "#token = :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": wire({":token": token}),
        }
        try:
            self._write([{"Delete": delete}])
        except Conflict:
            return False
        return True

    def _approval_item(self, task_id: str, id: str) -> Item:
        item = self._get(f"TASK#{task_id}", f"APPROVAL#{id}")
        if item is None:
            raise NotFound(f"task {task_id} has no approval {id}")
        return item


def _item(approval: Approval, token: str) -> Item:
    return {
        "pk": f"TASK#{approval.task_id}",
        "sk": f"APPROVAL#{approval.id}",
        "data": approval.model_dump_json(),
        "token": token,
    }


def _approval(item: Item) -> Approval:
    return Approval.read(item["data"], f"record {item['pk']} {item['sk']}")
