"""What a call of DynamoDB asks for: one permission per item that it touches.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.aws.permissions.policy import Call
from local.aws.permissions.request import Request, UnreadableError

HashKeys = Mapping[str, Mapping[str, str]]
"""Name of the partition key by table and index, the index of the table itself being ""."""
Body = Mapping[str, Any]
Item = Mapping[str, Any]

LEADING_KEYS = "dynamodb:leadingkeys"
_EQUALS = re.compile(r"([#\w.]+)\s*=\s*(:\w+)")
_OF_ONE_ITEM = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem"})
_IN_TRANSACTION = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "Get": "GetItem"} | {
    "ConditionCheck": "ConditionCheckItem"
}


class DynamoCalls:
    """keys: of the tables that there are."""

    def __init__(self, keys: HashKeys, account: str) -> None:
        self._keys = keys
        self._account = account

    def of(self, request: Request) -> list[Call]:
        """UnreadableError when the items cannot be told."""
        try:
            return list(self._of(request.operation, request.body, request.signer.region))
        except (KeyError, TypeError, AttributeError) as error:
            raise UnreadableError(f"{request.operation}: {type(error).__name__} {error}") from error

    def _of(self, operation: str, body: Body, region: str) -> Iterator[Call]:
        if operation in _OF_ONE_ITEM:
            yield self._call(operation, body["TableName"], region, [_item(body)])
        elif operation == "Query":
            yield self._query(body, region)
        elif operation.startswith("Transact"):
            for kind, one in (pair for action in body["TransactItems"] for pair in action.items()):
                yield self._call(_IN_TRANSACTION[kind], one["TableName"], region, [_item(one)])
        elif operation.startswith("Batch"):
            for table, asked in body["RequestItems"].items():
                yield self._call(operation, table, region, _batch(asked))
        else:
            arn = self._arn(body.get("TableName", "*"), body.get("IndexName", ""), region)
            yield Call(f"dynamodb:{operation}", arn)

    def _call(self, operation: str, table: str, region: str, items: list[Item]) -> Call:
        name = self._keys[table.rpartition("/")[2]][""]
        leading = tuple(_text(item[name]) for item in items)
        return Call(f"dynamodb:{operation}", self._arn(table, "", region), {LEADING_KEYS: leading})

    def _query(self, body: Body, region: str) -> Call:
        table, index = body["TableName"], body.get("IndexName", "")
        names, values = body.get("ExpressionAttributeNames", {}), body["ExpressionAttributeValues"]
        wanted = self._keys[table.rpartition("/")[2]][index]
        found = _EQUALS.findall(body["KeyConditionExpression"])
        leading = tuple(_text(values[value]) for name, value in found if names.get(name, name) == wanted)
        return Call("dynamodb:Query", self._arn(table, index, region), {LEADING_KEYS: leading} if leading else {})

    def _arn(self, table: str, index: str, region: str) -> str:
        arn = f"arn:aws:dynamodb:{region}:{self._account}:table/{table.rpartition('/')[2]}"
        return f"{arn}/index/{index}" if index else arn


def _item(one: Body) -> Item:
    """The item that is put, or the key of the one that is touched."""
    found: Item = one.get("Item") or one["Key"]
    return found


def _batch(asked: Any) -> list[Item]:
    """``{"Keys": [...]}`` of reading, ``[{"PutRequest": {"Item": ...}}, ...]`` of writing."""
    if isinstance(asked, dict):
        return list(asked["Keys"])
    return [_item(one) for action in asked for one in action.values()]


def _text(value: Mapping[str, Any]) -> str:
    """``{"S": "TASK#1"}`` is TASK#1."""
    [content] = value.values()
    return str(content)
