"""POST /webhooks/github: verify, queue, answer."""

from __future__ import annotations

from ferry.adapters.ingress import ingress
from ferry.usecases.doors import GITHUB

handler = ingress(GITHUB)
