"""What every stand-in is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True)
class StandInSettings:
    """`url` and `deliver_to` carry no trailing slash; an empty `deliver_to` sends no webhooks.

    url: the base URL under which this stand-in is reached, e.g. ``http://127.0.0.1:8702``
    state: an existing folder of its own; what must survive a restart lives there
    deliver_to: the full URL that receives its webhooks
    webhook_secret: signs what it delivers, by the vendor's own rule
    token: the only credential its API accepts; anything else is the vendor's 401
    extra: vendor words that only one stand-in needs (documented there)
    """

    url: str
    state: Path
    deliver_to: str = ""
    webhook_secret: str = ""
    token: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StandIn:
    """A WSGI application with a name; `close` ends its threads and child processes."""

    name: str
    app: WSGIApplication
    close: Callable[[], None] = lambda: None
