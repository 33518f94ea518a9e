"""Settings: a frozen dataclass per entry point, read once, at the edge. Standard library only: ingress imports this.

A field `approval_timeout_seconds: int` is read from ``APPROVAL_TIMEOUT_SECONDS``. All faults are told at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from ferry.domain.errors import InvalidSettings

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    S = TypeVar("S", bound=DataclassInstance)

REMEDY = "set it in template.yaml's Environment (in the cloud: a parameter of the stack; on a laptop: the environment)"


def read(settings: type[S], environ: Mapping[str, str]) -> S:
    """InvalidSettings names every missing or malformed variable and the remedy; an empty value counts as missing."""
    types = get_type_hints(settings)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for field in fields(settings):
        name = field.name.upper()
        try:
            values[field.name] = _value(field, types[field.name], environ.get(name, ""))
        except ValueError as error:
            faults.append(f"{name} {error}")
    if faults:
        raise InvalidSettings(f"{'; '.join(faults)} — {REMEDY}")
    return settings(**values)


def _value(field: Field[Any], kind: type, text: str) -> Any:
    if not text:
        if field.default is MISSING:
            raise ValueError("is not set")
        return field.default
    if kind is int:
        if not text.isdecimal():
            raise ValueError("must be a whole number")
        return int(text)
    if kind is float:
        return _number(text)
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("must be a number, as 0.5") from None
