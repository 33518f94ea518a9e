"""Faults of AWS itself, on purpose: calls that are refused instead of answered, the same ones for the same seed."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """target: the call's X-Amz-Target, e.g. ``AWSStepFunctions.StartExecution``; share: of its calls, 0 to 1.

    burst: so many calls in a row share one fate; an SDK tries three times, so that only bursts reach its caller.
    """

    target: str
    share: float
    code: str = "ThrottlingException"
    status: str = "400 Bad Request"
    burst: int = 4

    def body(self) -> bytes:
        return json.dumps({"__type": f"com.amazonaws#{self.code}", "message": "Rate exceeded"}).encode()


class Faults:
    """Nothing is struck before `active` is set. The n-th call of a target has the same fate in every run of a seed."""

    def __init__(self, seed: int, faults: Iterable[Fault]) -> None:
        self.active = False
        self.struck: Counter[str] = Counter()
        self._seed = seed
        self._faults = {fault.target: fault for fault in faults}
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def strike(self, target: str) -> Fault | None:
        """The fault that answers this call, if any."""
        fault = self._faults.get(target)
        if not self.active or fault is None:
            return None
        with self._lock:
            turn = self._calls[target] // fault.burst
            self._calls[target] += 1
            fate = random.Random(f"{self._seed}/{target}/{turn}").random()  # noqa: S311 - dice, no secret
            if fate >= fault.share:
                return None
            self.struck[target] += 1
        return fault
