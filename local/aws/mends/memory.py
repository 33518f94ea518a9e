"""What moto keeps for ever."""

from __future__ import annotations

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
