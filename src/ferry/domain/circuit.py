"""A circuit per model: who fails too often is left alone for a while, then tried by one caller.

closed → (FAILURES within WINDOW) → open → (after REST) → half-open, one probe → closed, or open again
"""

from __future__ import annotations

from typing import Literal

from ferry.domain.document import Document

FAILURES = 5
WINDOW_SECONDS = 120.0
REST_SECONDS = 60.0
# As long as one call may take: a prober that died must not keep the circuit shut for good.
PROBE_SECONDS = 330.0

State = Literal["closed", "open", "half-open"]


class Circuit(Document):
    """Times in seconds since 1970. version: counts the changes; failures: those of the window; opened: 0 while closed;
    probe: until when one caller tries; error, error_at: the last fault of any kind, for a person."""

    model: str
    version: int = 0
    failures: tuple[float, ...] = ()
    opened: float = 0
    probe: float = 0
    error: str = ""
    error_at: float = 0

    def state(self, now: float) -> State:
        if not self.opened:
            return "closed"
        return "half-open" if now >= self.rests_until else "open"

    @property
    def rests_until(self) -> float:
        """From when on somebody may try; only one who wins `probing` does."""
        return max(self.opened + REST_SECONDS, self.probe) if self.opened else 0

    @property
    def clean(self) -> bool:
        """Whether success has nothing to tell."""
        return not self.failures and not self.opened

    def failed(self, now: float, error: str) -> Circuit:
        recent = tuple(at for at in self.failures if at > now - WINDOW_SECONDS)[-FAILURES:] + (now,)
        opens = bool(self.opened) or len(recent) >= FAILURES
        return self._next(failures=recent, opened=now if opens else 0, probe=0, error=error[:300], error_at=now)

    def faulted(self, now: float, error: str) -> Circuit:
        """A refusal: worth showing, no reason to leave the model alone."""
        return self._next(error=error[:300], error_at=now)

    def probing(self, now: float) -> Circuit:
        return self._next(probe=now + PROBE_SECONDS)

    def succeeded(self) -> Circuit:
        return self._next(failures=(), opened=0, probe=0)

    def _next(self, **changes: object) -> Circuit:
        return self.model_copy(update={"version": self.version + 1, **changes})
