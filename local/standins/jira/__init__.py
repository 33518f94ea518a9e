"""Jira Cloud's REST API v3, its signed webhooks and a page per issue, for one project.

`extra` keys: ``project`` (key of the only project, default ``FERRY``), ``project_name`` (default ``Ferry``),
``retry_seconds`` (wait between attempts of a webhook, default ``0.5``; Jira itself waits 5 to 15 minutes), ``groups``
(``name=email+email``, more after a comma).

Every e-mail address that comes with the right token is an account of its own, so that Ferry and the
people it works for are told apart: ``Authorization: Basic base64(email:token)``. A bearer token acts as
``ferry@standin.example``. What must survive a restart is ``jira.json`` in `settings.state`.
"""

from __future__ import annotations

from local.standins.base import StandIn, StandInSettings
from local.standins.jira.app import build_app
from local.standins.jira.store import Store
from local.standins.jira.webhooks import Webhooks


def create(settings: StandInSettings) -> StandIn:
    store = Store(
        settings.state / "jira.json",
        project=settings.extra.get("project", "FERRY"),
        project_name=settings.extra.get("project_name", "Ferry"),
    )
    webhooks = Webhooks(
        settings.deliver_to,
        settings.webhook_secret,
        retry_seconds=float(settings.extra.get("retry_seconds", "0.5")),
    )
    return StandIn("jira", build_app(settings, store, webhooks), webhooks.close)
