"""The prompt cache, as strict as the service: exact prefixes, a minimum by model, a time to live, four points.

docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html. An entry is written at a cache point alone; it is
found by a later point at the same place or up to 20 blocks behind it.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ferry.adapters.scripted_model import tokens
from ferry.agentkit.capabilities import load_capabilities

if TYPE_CHECKING:
    Json = dict[str, Any]

SECONDS = {"5m": 300.0, "1h": 3600.0}
LOOK_BACK = 20


@dataclass(frozen=True)
class Counted:
    """Tokens asked, points left out; and of these what was read and what was written, by time to live."""

    asked: int
    read: int = 0
    written: tuple[tuple[str, int], ...] = ()

    @property
    def wrote(self) -> int:
        return sum(count for _, count in self.written)

    @property
    def neither(self) -> int:
        return self.asked - self.read - self.wrote


class PromptCache:
    """clock: seconds, for tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._until = clock, dict[str, tuple[float, float]]()
        self._lock, self._capabilities = threading.Lock(), load_capabilities()

    def count(self, model: str, request: Json) -> Counted:
        """What this request reads and writes; a read keeps the entry alive."""
        minimum = self._capabilities.of(model).cache_minimum
        prefixes, points = _prefixes(model, request)
        with self._lock:
            now = self._clock()
            read = max((self._found(prefixes, at, now, minimum) for at, _ in points), default=0)
            written, after = [], read
            for at, ttl in points:
                name, size = prefixes[at]
                if size < minimum:
                    continue
                self._until[name] = (now + SECONDS[ttl], SECONDS[ttl])
                if size > after:
                    written.append((ttl, size - after))
                    after = size
        return Counted(prefixes[-1][1], read, tuple(written))

    def _found(self, prefixes: list[tuple[str, int]], at: int, now: float, minimum: int) -> int:
        for name, size in reversed(prefixes[max(0, at - LOOK_BACK) : at + 1]):
            until, lasts = self._until.get(name, (0.0, 0.0))
            if until > now and size >= minimum:
                self._until[name] = (now + lasts, lasts)
                return size
        return 0


def faults(request: Json) -> Iterator[str]:
    """Longer times come first."""
    ttls = [block["cachePoint"].get("ttl", "5m") for block in _blocks(request) if "cachePoint" in block]
    if ttls != sorted(ttls, key=lambda ttl: -SECONDS[ttl]):
        yield "cachePoint: a ttl of 1h must come before one of 5m, in the order tools, system, messages"


def _prefixes(model: str, request: Json) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
    """Digest and tokens of the prompt up to each block, and at which of these the points are."""
    digest, characters = hashlib.sha256(model.encode()), 0
    prefixes: list[tuple[str, int]] = []
    points: list[tuple[int, str]] = []
    for block in _blocks(request):
        if "cachePoint" in block:
            points.append((len(prefixes) - 1, block["cachePoint"].get("ttl", "5m")))
            continue
        # Not sorted: another order of the same keys is another prefix.
        text = json.dumps(block)
        digest.update(text.encode())
        characters += len(text)
        prefixes.append((digest.hexdigest(), tokens("x" * characters)))
    return prefixes, [(at, ttl) for at, ttl in points if at >= 0]


def _blocks(request: Json) -> Iterator[Json]:
    yield from (request.get("toolConfig") or {}).get("tools", [])
    yield from request.get("system") or []
    for message in request.get("messages") or []:
        # Where a turn begins is part of the prefix too.
        roles = [{"role": message["role"]}] + [{}] * len(message["content"])
        yield from ({**role, **block} for role, block in zip(roles, message["content"], strict=False))
