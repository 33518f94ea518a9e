"""What Ferry says about errors it watches, and about deliveries that nobody could admit."""

from __future__ import annotations

from ferry.domain.incident import Analysis, ErrorIssue
from ferry.domain.messages.blocks import Rendered, context, escaped, link, section


def incident_opened(issue: ErrorIssue, analysis: Analysis, key: str, url: str) -> Rendered:
    text = f"{key} was opened for {issue.short_id}: {analysis.title}"
    seen = f"{link(issue.url, issue.short_id)} · {escaped(issue.level)} · seen {issue.events} times in 24 hours"
    line = f":rotating_light: *{link(url, key)}*: {escaped(analysis.title)}\n{escaped(analysis.summary)}"
    return text, [section(line), context(f"{seen} · users affected: {issue.users}")]


def incident_failed(issue_id: str, error: str, what: str) -> Rendered:
    text = f"Sentry issue {issue_id} could not be made a ticket: {error}"
    return text, [
        section(f":octagonal_sign: *{escaped(text)}*\n{escaped(what)}"),
        context("tried again within the hour"),
    ]


def dead_letters(count: int) -> Rendered:
    text = f"{count} deliveries could not be admitted and lie in the dead-letter queue"
    return text, [section(f":warning: *{text}*"), context("what to do: docs/runbook.md, alarm `DeadLetterAlarm`")]
