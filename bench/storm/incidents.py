"""What became of an alert: in the record, in the engine, and in Jira itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import requests

from ferry.domain.incident import LABEL, fingerprint, ticket_label
from ferry.ports import TaskStore
from local.aws.surroundings import JIRA_EMAIL

TRIGGER_LABEL = "AI"


class Incidents:
    """errors: Sentry's id of each alert's error, by the trigger's name."""

    def __init__(self, info: Mapping[str, Any], store: TaskStore, errors: Mapping[str, str]) -> None:
        self._jira = info["jira"]
        self._login = (JIRA_EMAIL, info["secrets"]["jira_token"])
        self._store = store
        self._errors = errors

    def effects(self, name: str, deliveries: Counter[str], incidents: Counter[str]) -> tuple[int, ...]:
        """How often each happened: the incident, its record, its ticket in Jira, the ticket's start."""
        print_ = fingerprint(self._errors[name])
        tickets = self._tickets(print_)
        known = self._store.error_ticket(print_)
        recorded = known is not None and known.told and known.ticket in tickets
        return incidents[print_], int(recorded), len(tickets), sum(deliveries[key] for key in tickets)

    def _tickets(self, print_: str) -> list[str]:
        """Keys of the issues that Jira itself has with the three labels."""
        labels = " AND ".join(f'labels = "{label}"' for label in (TRIGGER_LABEL, LABEL, ticket_label(print_)))
        asked = {"jql": labels, "fields": "summary"}
        answer = requests.get(f"{self._jira}/rest/api/3/search/jql", params=asked, auth=self._login, timeout=30)
        return [issue["key"] for issue in answer.json()["issues"]]
