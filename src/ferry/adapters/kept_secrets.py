"""Secrets that are fetched once per process and five minutes. Standard library only: ingress imports this."""

from __future__ import annotations

import time
from collections.abc import Callable

from ferry.domain.errors import MissingSecret

KEEP_SECONDS = 300.0


class KeptSecrets:
    """A rotated secret is seen after KEEP_SECONDS at the latest; `fetch` answers an id with its value, "" for none."""

    def __init__(self, fetch: Callable[[str], str]) -> None:
        self._fetch = fetch
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, id: str) -> str:
        kept = self._kept.get(id)
        if kept and time.monotonic() - kept[0] < KEEP_SECONDS:
            return kept[1]
        value = self._fetch(id)
        if not value.strip():
            raise MissingSecret(
                f"secret {id} has no value: aws secretsmanager put-secret-value --secret-id {id} --secret-string …"
            )
        self._kept[id] = (time.monotonic(), value)
        return value
