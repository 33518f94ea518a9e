"""An agent speaks, writes and thinks only while the machine waits for its answer.

Who was stopped, timed out or is tried again elsewhere may run on for minutes; the engine alone knows, by the token.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar, cast

from ferry.domain.errors import NobodyWaits
from ferry.ports import WorkflowEngine

T = TypeVar("T")
GUARDED: Mapping[str, frozenset[str]] = {
    "model": frozenset({"reply"}),
    "forge": frozenset(
        {
            "create_branch",
            "commit",
            "revert",
            "set_status",
            "merge",
            "delete_branch",
            "open_draft",
            "update_pull_request",
            "mark_ready",
            "close_pull_request",
            "comment",
            "reply",
            "react",
            "rerun_failed",
        }
    ),
    "tracker": frozenset({"comment", "create", "link"}),
    "chat": frozenset({"post", "update", "attach", "open_form", "whisper"}),
    "errors": frozenset({"link"}),
}
"""Of each port what others see or what is paid for; reading is free."""


def while_waited_for(token: str, world: T, engine: WorkflowEngine) -> T:
    """`world`, whose ports refuse by NobodyWaits what is GUARDED, and `still_wanted`, once nobody waits for `token`."""
    return cast(T, _World(world, lambda: _check(token, engine)))


def _check(token: str, engine: WorkflowEngine) -> None:
    if not engine.heartbeat(token):
        raise NobodyWaits("the machine waits no more for this agent: it was stopped, timed out or is tried again")


class _World:
    def __init__(self, world: object, check: Callable[[], None]) -> None:
        self._world, self._check, self.still_wanted = world, check, check

    def __getattr__(self, name: str) -> Any:
        port = getattr(self._world, name)
        return _Port(port, GUARDED[name], self._check) if name in GUARDED else port


class _Port:
    def __init__(self, port: object, calls: Collection[str], check: Callable[[], None]) -> None:
        self._port, self._calls, self._check = port, calls, check

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)
        if name not in self._calls:
            return call

        def checked(*args: Any, **fields: Any) -> Any:
            self._check()
            return call(*args, **fields)

        return checked
