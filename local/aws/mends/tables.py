"""moto's tables: what is copied, sorted or gone through whole where a piece would do."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any


def copy_tables_lightly() -> None:
    """Every transaction copied its whole table, item by item, so each write cost more than the one before.

    A copy now shares the partitions; a write takes its partition anew, and an update, which changed its item in place,
    the item too.
    """
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import DynamoType
    from moto.dynamodb.models.table import Table

    put, delete, update = Table.put_item, Table.delete_item, DynamoDBBackend.update_item

    def light_copy(self: Any, memo: dict[int, Any]) -> Any:
        return _twin(self, items=self.items.copy())

    def put_item(self: Any, item_attrs: Mapping[str, Any], *given: Any, **named: Any) -> Any:
        if self.hash_key_attr in item_attrs:
            _own(self, DynamoType(item_attrs[self.hash_key_attr]))
        return put(self, item_attrs, *given, **named)

    def delete_item(self: Any, hash_key: Any, range_key: Any) -> Any:
        _own(self, hash_key)
        return delete(self, hash_key, range_key)

    def update_item(self: Any, table_name: str, key: dict[str, Any], *given: Any, **named: Any) -> Any:
        table = self.get_table(table_name)
        names = [name for name in (table.hash_key_attr, table.range_key_attr) if name in key]
        first, *rest = [DynamoType(key[name]) for name in names] or [None]
        held = _own(table, first)
        for last in rest or [first]:
            if last in held:
                held[last] = copy.deepcopy(held[last])
        return update(self, table_name, key, *given, **named)

    Table.__deepcopy__ = light_copy
    Table.put_item, Table.delete_item, DynamoDBBackend.update_item = put_item, delete_item, update_item


def query_only_what_is_asked_for() -> None:
    """Every query sorted the whole table first, so each read cost more than the one before."""
    from moto.dynamodb.models.table import Table

    query = Table.query

    def query_few(self: Any, *given: Any, hash_key_conditions: list[tuple[str, Any]], **named: Any) -> Any:
        found = list(_matching(self, dict(hash_key_conditions)))
        twin = _twin(self, all_items=lambda: found)
        return query(twin, *given, hash_key_conditions=hash_key_conditions, **named)

    Table.query = query_few


def _twin(table: Any, **changed: Any) -> Any:
    twin = object.__new__(type(table))
    twin.__dict__ = {**table.__dict__, **changed}
    return twin


def _own(table: Any, hash_key: Any) -> Any:
    """What holds the items of a partition, shared with no copy of the table; the table itself without a range key."""
    if not table.has_range_key:
        return table.items
    if hash_key in table.items:
        table.items[hash_key] = dict(table.items[hash_key])
    return table.items.get(hash_key, {})


def _matching(table: Any, wanted: Mapping[str, Any]) -> Iterator[Any]:
    """Items with these values of their keys, in any order."""
    own = wanted.get(table.hash_key_attr)
    held = table.items if own is None else {own: table.items[own]} if own in table.items else {}
    for part in held.values():
        for item in part.values() if table.has_range_key else (part,):
            if all(name in item.attrs and item.attrs[name] == value for name, value in wanted.items()):
                yield item
