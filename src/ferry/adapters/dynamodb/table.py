"""One table of items: string keys `pk` and `sk`, a JSON document in `data`, and scalars that conditions look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from ferry.adapters.aws import code, translated
from ferry.domain.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ferry.ports import Clock

Item = dict[str, Any]
REFUSED = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException", "TransactionConflictException"})
_to_wire = TypeSerializer().serialize
_from_wire = TypeDeserializer().deserialize


class Table:
    """Conditions use plain names with ``#`` and values with ``:``; both are bound here."""

    def __init__(self, client: DynamoDBClient, name: str, clock: Clock) -> None:
        self._client = client
        self._name = name
        self._clock = clock

    def _now(self) -> str:
        return self._clock.now().isoformat(timespec="milliseconds")

    def _get(self, pk: str, sk: str) -> Item | None:
        with translated("DynamoDB GetItem"):
            answer = self._client.get_item(TableName=self._name, Key=wire({"pk": pk, "sk": sk}), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def _query(self, pk: str, prefix: str, *, newest: bool = False, limit: int = 0) -> list[Item]:
        options: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": wire({":pk": pk, ":prefix": prefix}),
            "ScanIndexForward": not newest,
            "ConsistentRead": True,
        }
        if limit:
            return self._page({**options, "Limit": limit})
        return self._pages(options)

    def _list(self, name: str, *, limit: int = 0) -> list[Item]:
        """Items with ``list = name`` through the index, newest first. limit: all, when 0."""
        options = self._listed(name)
        return self._page({**options, "Limit": limit}) if limit else self._pages(options)

    def _list_page(self, name: str, limit: int, start: Item) -> tuple[list[Item], Item]:
        """One page of `_list` after the key `start` ({} for the first), and the key of the next ({} at the end)."""
        options = {**self._listed(name), "Limit": limit}
        if start:
            options["ExclusiveStartKey"] = wire(start)
        with translated("DynamoDB Query"):
            answer = self._client.query(**options)
        return [plain(item) for item in answer["Items"]], plain(answer.get("LastEvaluatedKey", {}))

    def _listed(self, name: str) -> dict[str, Any]:
        return {
            "TableName": self._name,
            "IndexName": "lists",
            "KeyConditionExpression": "#list = :name",
            "ExpressionAttributeNames": {"#list": "list"},
            "ExpressionAttributeValues": wire({":name": name}),
            "ScanIndexForward": False,
        }

    def _page(self, options: Mapping[str, Any]) -> list[Item]:
        with translated("DynamoDB Query"):
            return [plain(item) for item in self._client.query(**options)["Items"]]

    def _pages(self, options: Mapping[str, Any]) -> list[Item]:
        with translated("DynamoDB Query"):
            pages = self._client.get_paginator("query").paginate(**options)
            return [plain(item) for page in pages for item in page["Items"]]

    def _put(self, item: Item, condition: str = "", names: Mapping[str, str] = {}, **values: Any) -> None:
        """Conflict when `condition` does not hold."""
        self._write([put(self._name, item, condition, names, **values)])

    def _write(self, actions: Sequence[Mapping[str, Any]]) -> None:
        """All of `actions` (``{"Put": …}``, ``{"Delete": …}``) or none; Conflict when a condition does not hold."""
        with translated("DynamoDB write"):
            try:
                if len(actions) == 1 and "Put" in actions[0]:
                    self._client.put_item(**actions[0]["Put"])
                else:
                    self._client.transact_write_items(TransactItems=list(actions))  # type: ignore[arg-type]
            except ClientError as error:
                if code(error) in REFUSED:
                    raise Conflict("the record was changed by somebody else") from error
                raise


def put(table: str, item: Item, condition: str = "", names: Mapping[str, str] = {}, **values: Any) -> dict[str, Any]:
    """A Put action; `values` are named without their colon."""
    action: dict[str, Any] = {"TableName": table, "Item": wire(item)}
    if condition:
        action["ConditionExpression"] = condition
    if names:
        action["ExpressionAttributeNames"] = dict(names)
    if values:
        action["ExpressionAttributeValues"] = wire({f":{name}": value for name, value in values.items()})
    return {"Put": action}


def wire(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _to_wire(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    return {name: _from_wire(value) for name, value in item.items()}
