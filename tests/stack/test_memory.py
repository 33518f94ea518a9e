"""Mends of moto's tables: what it kept for ever, copied or sorted. Leave one out (see conftest.py): its test fails."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws.deploy.deployment import Clients
from local.aws.engine import start_engine
from tests.stack.helpers import FunctionsHere, served

Json = dict[str, Any]


@pytest.fixture(scope="module")
def tables() -> Iterator[Any]:
    late, url, close = served()
    engine = start_engine(FunctionsHere(), late, url)
    yield Clients(url, "us-east-1")("dynamodb")
    close()
    engine.stop()


@pytest.fixture(params=["ranged", "plain"])
def table(tables: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    keys = ("pk", "sk") if request.param == "ranged" else ("pk",)
    tables.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
    )
    yield "t"
    tables.delete_table(TableName="t")


def put(name: str, value: str) -> Json:
    return {"Put": {"TableName": "t", "Item": {"pk": {"S": name}, "sk": {"S": "s"}, "v": {"S": value}}}}


def key(tables: Any, name: str) -> Json:
    schema = tables.describe_table(TableName="t")["Table"]["KeySchema"]
    return {part["AttributeName"]: {"S": name if part["KeyType"] == "HASH" else "s"} for part in schema}


def value(tables: Any, name: str) -> str:
    return str(tables.get_item(TableName="t", Key=key(tables, name))["Item"]["v"]["S"])


def items_alive() -> int:
    gc.collect()
    return sum(type(one).__name__ == "Item" for one in gc.get_objects())


def test_an_item_that_was_written_again_is_forgotten(tables: Any, table: str) -> None:
    tables.transact_write_items(TransactItems=[put("a", "0")])
    before = items_alive()

    for number in range(20):
        tables.transact_write_items(TransactItems=[put("a", str(number))])

    assert items_alive() <= before + 2


def test_a_transaction_copies_no_item_that_it_does_not_write(tables: Any, table: str) -> None:
    for number in range(20):
        tables.transact_write_items(TransactItems=[put(f"n{number}", "0")])
    kept = {id(one) for one in _items(_held())}

    with pytest.raises(ClientError):
        tables.transact_write_items(TransactItems=[put("new", "1"), _never(tables, "n1")])

    assert {id(one) for one in _items(_held())} == kept


def test_a_transaction_that_fails_leaves_everything_as_it_was(tables: Any, table: str) -> None:
    tables.transact_write_items(TransactItems=[put("a", "old"), put("b", "old"), put("c", "old")])
    change = {"UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": {"S": "new"}}}
    update = {"Update": {"TableName": "t", "Key": key(tables, "a"), **change}}
    delete = {"Delete": {"TableName": "t", "Key": key(tables, "b")}}

    with pytest.raises(ClientError, match="TransactionCanceledException"):
        tables.transact_write_items(TransactItems=[update, delete, put("d", "new"), _never(tables, "c")])

    assert [value(tables, name) for name in "abc"] == ["old"] * 3
    assert "Item" not in tables.get_item(TableName="t", Key=key(tables, "d"))


class Counting(defaultdict[Any, Any]):
    """Items of a table that know how often all of them were gone through."""

    gone_through = 0

    def values(self) -> Any:
        self.gone_through += 1
        return super().values()


def test_a_query_looks_at_no_item_of_another_partition(tables: Any, table: str) -> None:
    for number in range(20):
        tables.transact_write_items(TransactItems=[put(f"n{number}", str(number))])
    held = _held()
    held.items = Counting(dict, held.items)

    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "n7"}}}
    found = tables.query(TableName="t", **asked)

    assert [item["v"]["S"] for item in found["Items"]] == ["7"]
    asked["ExpressionAttributeValues"] = {":pk": {"S": "nobody"}}
    assert tables.query(TableName="t", **asked)["Items"] == []
    assert held.items.gone_through == 0


def test_an_index_answers_in_its_own_order_and_page_by_page(tables: Any) -> None:
    names = ("pk", "list", "at")
    keys = [{"AttributeName": "list", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]
    tables.create_table(
        TableName="listed",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[{"IndexName": "lists", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}],
    )
    for number in (3, 1, 2):
        item = {"pk": {"S": f"n{number}"}, "list": {"S": "yes"}, "at": {"S": str(number)}}
        tables.put_item(TableName="listed", Item=item)
    tables.put_item(TableName="listed", Item={"pk": {"S": "unlisted"}})
    tables.put_item(TableName="listed", Item={"pk": {"S": "other"}, "list": {"S": "no"}, "at": {"S": "2"}})

    pages = tables.get_paginator("query").paginate(
        TableName="listed",
        IndexName="lists",
        KeyConditionExpression="#l = :yes",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={":yes": {"S": "yes"}},
        ScanIndexForward=False,
        PaginationConfig={"PageSize": 2},
    )

    assert [[item["at"]["S"] for item in page["Items"]] for page in pages] == [["3", "2"], ["1"]]
    tables.delete_table(TableName="listed")


def _never(tables: Any, name: str) -> Json:
    check = {"ConditionExpression": "attribute_not_exists(pk)"}
    return {"ConditionCheck": {"TableName": "t", "Key": key(tables, name), **check}}


def _held() -> Any:
    """The one table that there is, as moto keeps it."""
    from moto.dynamodb.models import dynamodb_backends

    regions = [region for account in dynamodb_backends.values() for region in account.values()]
    [found] = [table for region in regions for table in region.tables.values()]
    return found


def _items(table: Any) -> list[Any]:
    return [one for held in table.items.values() for one in (held.values() if isinstance(held, dict) else [held])]
