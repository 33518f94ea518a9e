"""An incident: an error that was seen too often becomes one ticket.

A fingerprint is Sentry's own grouping, its issue. At most one ticket is opened per fingerprint in `KEEP_DAYS` days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from pydantic import Field

from ferry.domain.document import Document
from ferry.domain.errors import InvalidSettings
from ferry.domain.secret import masked
from ferry.domain.words import times

LABEL = "sentry-auto"
KEEP_DAYS = 90
DEFAULTS: Mapping[str, int] = {"fatal": 1, "error": 10, "warning": 50, "info": 100}
"""Events in 24 hours from which on an error of a level is an incident; a level that is not named never is one."""


class ErrorIssue(Document):
    """One error as the tracker groups it. events: in the last 24 hours; users: whom it met, since it is known."""

    id: str
    short_id: str
    title: str
    culprit: str
    level: str
    url: str
    project: str
    events: int
    users: int


class Frame(Document):
    path: str
    function: str
    line: int = 0
    code: str = ""


class ErrorEvent(Document):
    """One occurrence. frames: the innermost last, as Sentry has them."""

    id: str
    at: str
    release: str
    environment: str
    error: str
    frames: tuple[Frame, ...]


class Suspect(Document):
    """repo: ``owner/name``. known: the file is in an index of the repository; without one nobody could look."""

    repo: str
    path: str
    reason: str
    known: bool = True


class Analysis(Document):
    """What the Sentry agent makes of an error."""

    title: str = Field(min_length=1, max_length=200)
    summary: str
    cause: str
    suspects: tuple[Suspect, ...] = ()
    advice: str


class ErrorTicket(Document):
    """The record of a fingerprint. owner: the execution that opens the ticket; told: people know of it."""

    fingerprint: str
    owner: str
    ticket: str = ""
    url: str = ""
    told: bool = False


def read_thresholds(pairs: Iterable[str]) -> dict[str, int]:
    """``("fatal=1", "error=10")`` as a mapping; InvalidSettings names what is wrong."""
    found = {}
    for pair in pairs:
        level, _, number = pair.partition("=")
        if level not in DEFAULTS or not number.isdecimal() or int(number) < 1:
            raise InvalidSettings(
                f"INCIDENT_THRESHOLDS: {pair!r} is not <level>=<events>; levels: {', '.join(DEFAULTS)}"
            )
        found[level] = int(number)
    return found


def fingerprint(issue_id: str) -> str:
    """Fit for an execution's name and a label; the same for every alert and sweep of the same error."""
    return hashlib.sha256(f"sentry:{issue_id}".encode()).hexdigest()[:16]


def ticket_label(fingerprint: str) -> str:
    """By which a ticket is found again whose key was lost between its creation and the record."""
    return f"ferry-{fingerprint}"


def incident_id(fingerprint: str) -> str:
    """Under which documents and ledger of the analysis are kept, as a task's are under its id."""
    return f"incident-{fingerprint}"


def analysis_key(fingerprint: str) -> str:
    return f"tasks/{incident_id(fingerprint)}/analysis.json"


def too_few(issue: ErrorIssue, thresholds: Mapping[str, int]) -> str:
    """Why the error is no incident, in a person's words; empty when it is one."""
    if issue.level not in thresholds:
        return f"{issue.short_id} has the level {issue.level}, for which there is no threshold"
    if issue.events < thresholds[issue.level]:
        wanted = thresholds[issue.level]
        return (
            f"{issue.short_id} was seen {times(issue.events)} in 24 hours; the level {issue.level} counts from {wanted}"
        )
    return ""


def description(issue: ErrorIssue, event: ErrorEvent, analysis: Analysis) -> str:
    """The ticket's text, in the Markdown that becomes ADF."""
    suspects = [
        f"- `{one.repo}` `{one.path}`: {_line(one.reason)}"
        + ("" if one.known else " (not indexed yet, so not checked)")
        for one in analysis.suspects
    ]
    return "\n".join(
        [
            _plain(analysis.summary),
            "",
            f"- Seen {times(issue.events)} in the last 24 hours, users affected: {issue.users}",
            f"- Level: {issue.level}",
            f"- Environment: {event.environment or 'unknown'}, release: {event.release or 'unknown'}",
            f"- [{issue.short_id} in Sentry]({issue.url})",
            "",
            "## Likely cause",
            _plain(analysis.cause),
            "",
            "## Suspected files",
            *(suspects or ["None could be named."]),
            "",
            "## What to do",
            _plain(analysis.advice),
            "",
            "## Latest event",
            "```",
            _plain(stack_trace(event)),
            "```",
        ]
    )


def stack_trace(event: ErrorEvent) -> str:
    frames = [
        f'  File "{one.path}", line {one.line}, in {one.function}\n    {one.code.strip()}' for one in event.frames
    ]
    return "\n".join([*frames, event.error])


def _plain(text: str) -> str:
    """No text of others can open or close a block of code or be a link, and no secret of an event goes on."""
    return masked(text)[0].replace("```", "'''").replace("](", "] (")


def _line(text: str) -> str:
    return " ".join(_plain(text).split())
