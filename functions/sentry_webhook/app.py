"""POST /webhooks/sentry: verify, queue, answer."""

from __future__ import annotations

from ferry.adapters.ingress import ingress
from ferry.usecases.doors import SENTRY

handler = ingress(SENTRY)
