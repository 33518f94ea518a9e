"""What moto keeps for ever, and copies whole where a piece would do."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any


def keep_no_instances() -> None:
    """Every object ever made stayed in a list of its class: each version of an item, each copy of a table."""
    from moto.core.common_models import BaseModel

    def made(cls: Any, *_: Any, **__: Any) -> Any:
        instance = object.__new__(cls)
        if cls.__module__.startswith("moto.s3."):  # whose reset closes the files of its keys through that list
            cls.instances_tracked.append(instance)
        return instance

    BaseModel.__new__ = staticmethod(made)


def copy_tables_lightly() -> None:
    """Every transaction copied its whole table, item by item, so each write cost more than the one before.

    A copy now shares the items: a put replaces its item, and an update, which changed it in place, takes a new one.
    """
    from moto.dynamodb.models import DynamoDBBackend
    from moto.dynamodb.models.dynamo_type import DynamoType
    from moto.dynamodb.models.table import Table

    update = DynamoDBBackend.update_item

    def light_copy(self: Any, memo: dict[int, Any]) -> Any:
        twin = object.__new__(type(self))
        twin.__dict__ = dict(self.__dict__)
        ranged = self.has_range_key
        twin.items = defaultdict(dict, {key: dict(held) if ranged else held for key, held in self.items.items()})
        return twin

    def update_item(self: Any, table_name: str, key: dict[str, Any], *given: Any, **named: Any) -> Any:
        table = self.get_table(table_name)
        names = [name for name in (table.hash_key_attr, table.range_key_attr) if name in key]
        held: Any = table.items
        *way, last = (DynamoType(key[name]) for name in names) if names else (None,)
        for step in way:
            held = held.get(step, {})
        if last in held:
            held[last] = copy.deepcopy(held[last])
        return update(self, table_name, key, *given, **named)

    Table.__deepcopy__ = light_copy
    DynamoDBBackend.update_item = update_item
