"""POST /slack/events: commands, interactions and events, each verified, queued and answered within 3 seconds."""

from __future__ import annotations

from ferry.adapters.ingress import ingress
from ferry.usecases.doors import SLACK

handler = ingress(SLACK)
