"""What customers want to hear from us."""

from __future__ import annotations

from dataclasses import dataclass

MANDATORY = frozenset({"order_confirmed"})
"""Messages that the law wants us to send, whatever the customer prefers."""


@dataclass(frozen=True)
class Preferences:
    """A customer's choice; campaigns are off unless asked for."""

    language: str = "en"
    channels: tuple[str, ...] = ("email",)
    muted: frozenset[str] = frozenset({"campaign"})

    def wants(self, template: str) -> bool:
        return template in MANDATORY or template not in self.muted
