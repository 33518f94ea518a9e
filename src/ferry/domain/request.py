"""An HTTP request as ingress sees it. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Request:
    """headers: by lower-case name, since a REST API keeps the sender's case; path: the route's parameters; query: the
    last value of each."""

    headers: Mapping[str, str]
    body: bytes
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
