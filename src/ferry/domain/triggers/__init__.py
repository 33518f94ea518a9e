"""What a delivery asks for, by pure rules: one module per source. Anything that asks for nothing says why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Nothing:
    """reason: in a person's words, for the receipt."""

    reason: str
