"""Waiting task tokens at ``TOKEN#task / kind``: a partition that no agent may read. They never leave the server."""

from __future__ import annotations

from ferry.adapters.dynamodb.table import Table, wire
from ferry.domain.errors import Conflict


class Tokens(Table):
    def put_token(self, task_id: str, kind: str, token: str) -> None:
        self._put({**_key(task_id, kind), "token": token})

    def token(self, task_id: str, kind: str) -> str | None:
        item = self._get(*_key(task_id, kind).values())
        return str(item["token"]) if item else None

    def tokens(self, task_id: str) -> list[str]:
        return [str(item["sk"]) for item in self._query(f"TOKEN#{task_id}", "ci#")]

    def drop_token(self, task_id: str, kind: str, token: str) -> bool:
        delete = {
            "TableName": self._name,
            "Key": wire(_key(task_id, kind)),
            "ConditionExpression": "#token = :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": wire({":token": token}),
        }
        try:
            self._write([{"Delete": delete}])
        except Conflict:
            return False
        return True


def _key(task_id: str, kind: str) -> dict[str, str]:
    return {"pk": f"TOKEN#{task_id}", "sk": kind}
