"""What a call of a fake may meet: a worker that dies, an outage, somebody else who is faster."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Meeting:
    """Base of fakes at whose calls something can happen first; such calls begin with `_meet`."""

    def meets(self, call: str, what: Exception | Callable[..., object]) -> None:
        """When `call` is made next, `what` is raised, or done with the same arguments, before anything else."""
        self._coming()[call] = what

    def spared(self, call: str) -> None:
        """Nothing comes any more, if it did not already."""
        self._coming().pop(call, None)

    def _meet(self, call: str, *args: Any, **fields: Any) -> object:
        what = self._coming().pop(call, None)
        if isinstance(what, Exception):
            raise what
        return what(*args, **fields) if what else None

    def _coming(self) -> dict[str, Exception | Callable[..., object]]:
        coming: dict[str, Exception | Callable[..., object]] = vars(self).setdefault("_met", {})
        return coming
