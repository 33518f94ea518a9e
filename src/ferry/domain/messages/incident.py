"""What Ferry says about errors it watches, and about deliveries that nobody could admit."""

from __future__ import annotations

from ferry.domain.incident import Analysis, ErrorIssue
from ferry.domain.messages.blocks import Rendered, context, escaped, link, section
from ferry.domain.words import count, times


def incident_opened(issue: ErrorIssue, analysis: Analysis, key: str, url: str) -> Rendered:
    text = f"{key} was opened for {issue.short_id}: {analysis.title}"
    seen = f"{link(issue.url, issue.short_id)} · {escaped(issue.level)} · seen {times(issue.events)} in 24 hours"
    line = f":rotating_light: *{link(url, key)}*: {escaped(analysis.title)}\n{escaped(analysis.summary)}"
    return escaped(text), [section(line), context(f"{seen} · {count(issue.users, 'user')} affected")]


def incident_failed(issue_id: str, error: str, what: str) -> Rendered:
    text = f"No ticket could be opened for Sentry issue {issue_id}: {error}"
    return escaped(text), [
        section(f":octagonal_sign: *{escaped(text)}*\n{escaped(what)}"),
        context("It is tried again within the hour."),
    ]


def dead_letters(number: int) -> Rendered:
    lie = "lies" if number == 1 else "lie"
    text = f"{count(number, 'delivery', 'deliveries')} could not be admitted and {lie} in the dead-letter queue"
    return text, [
        section(f":warning: *{text}*"),
        context("mend what its log names, then `make redrive` (docs/runbook.md, `DeadLetterAlarm`)"),
    ]
