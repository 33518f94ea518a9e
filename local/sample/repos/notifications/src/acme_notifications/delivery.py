"""Delivery: bounded retries, then the next channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from acme_notifications.channels import Channel
from acme_notifications.errors import AddressRefused, DeliveryFailed
from acme_notifications.templates import Message

Pause = Callable[[float], None]


@dataclass(frozen=True)
class Outcome:
    """On which channel a message arrived, if any, and after how many tries in all."""

    channel: str | None
    tries: int


def backoff(attempt: int, first: float = 1.0, most: float = 60.0) -> float:
    """Seconds to wait after a failed attempt (the first is 1): 1, 2, 4, … at most 60."""
    return min(first * 2 ** (attempt - 1), most)


class Dispatcher:
    """Tries a customer's channels in the order of preference."""

    def __init__(self, channels: Mapping[str, Channel], pause: Pause, attempts: int = 3) -> None:
        self._channels = channels
        self._pause = pause
        self._attempts = attempts

    def deliver(self, message: Message, addresses: Mapping[str, str]) -> Outcome:
        """Send over the first channel that works; `addresses` is by channel, best first."""
        tries = 0
        for name, address in addresses.items():
            for attempt in range(1, self._attempts + 1):
                tries += 1
                try:
                    self._channels[name].send(address, message)
                except DeliveryFailed:
                    self._pause(backoff(attempt))
                except AddressRefused:
                    break
                else:
                    return Outcome(name, tries)
        return Outcome(None, tries)
