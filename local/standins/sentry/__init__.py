"""Sentry's API for one organisation and project, and its signed alert webhook. A skeleton: issues, events, project.

`extra` keys: ``organization`` (slug, default ``acme``), ``project`` (slug, default ``pricing``). `webhook_secret`
is the integration's client secret. Issues survive a restart (``sentry.json`` in `settings.state`).
"""

from __future__ import annotations

from local.standins.base import StandIn, StandInSettings
from local.standins.sentry.app import build_app
from local.standins.sentry.store import Store


def create(settings: StandInSettings) -> StandIn:
    organization = settings.extra.get("organization", "acme")
    store = Store(settings.state / "sentry.json", organization, settings.extra.get("project", "pricing"))
    return StandIn("sentry", build_app(settings, store))
