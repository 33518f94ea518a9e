"""The candidates as they are put before people, and as they stand after the answer."""

from __future__ import annotations

from ferry.domain.discovery import Discovery, RankedRepository
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.messages.blocks import (
    Block,
    Rendered,
    bullets,
    button,
    called,
    clipped,
    code,
    context,
    cut,
    escaped,
    link,
    mention,
    moment,
    prose,
    section,
)
from ferry.domain.reminders import Due
from ferry.domain.task import Task
from ferry.domain.ticket import Ticket
from ferry.domain.triggers.pick import PICK, pick_value

LABEL = 75  # characters of a button
EVIDENCE, CANDIDATE = 3, 900


def which_repository(inquiry: Inquiry, found: Discovery, ticket: Ticket) -> Rendered:
    """The candidates with their evidence, a button each and one for none of them."""
    until = f"Approvers and whoever asked for it may answer, until {moment(inquiry.expires_at)}"
    other = f"another one: `/agent add {inquiry.task_id} owner/name` · none of these: it ends, and nothing is changed"
    plain = f"{ticket.key}: which repository is meant? {', '.join(inquiry.candidates)}, or none of these"
    return escaped(plain), [*_asked(inquiry, found, ticket), _buttons(inquiry), context(f"{until} · {other}")]


def answered(inquiry: Inquiry, found: Discovery, ticket: Ticket) -> Rendered:
    """The same message without buttons, and with who said what."""
    return escaped(f"{ticket.key}: {verdict(inquiry)}"), [*_asked(inquiry, found, ticket), section(_shown(inquiry))]


def verdict(inquiry: Inquiry) -> str:
    """What became of the inquiry, in a line."""
    match inquiry.answer:
        case Answer.CHOSEN:
            return f"{inquiry.repo} was chosen by {inquiry.answered_by}"
        case Answer.NONE:
            return f"none of {', '.join(inquiry.candidates)}, says {inquiry.answered_by}"
        case Answer.EXPIRED:
            return "nobody answered in time"
        case Answer.REPLACED:
            return "it was asked again in a newer message"
        case _:
            return "nobody answered yet"


def too_late(inquiry: Inquiry) -> str:
    """Why an answer to it changes nothing, and what does."""
    if inquiry.answer is Answer.EXPIRED:
        return f"this question is closed, {verdict(inquiry)}: `/agent retry {inquiry.task_id}` asks again"
    if inquiry.answer is Answer.REPLACED:
        return f"this question is closed: {verdict(inquiry)}"
    return f"this question is answered already: {verdict(inquiry)}"


def still_asked(inquiry: Inquiry, due: Due, task: Task) -> Rendered:
    """In the question's thread: who is asked now, and what follows when nobody answers."""
    what = f"{task.ticket_key} still waits for somebody to say which repository is meant"
    left = f"the buttons are above, until {moment(inquiry.expires_at)}; then the task rests, and can be retried"
    return escaped(what), called(what, due.who, left)


def _asked(inquiry: Inquiry, found: Discovery, ticket: Ticket) -> list[Block]:
    title = f":mag: *Which repository is this about?* {link(ticket.url, ticket.key)}: {prose(cut(ticket.title, 300))}"
    sure = f"Discovery is {inquiry.confidence:.0%} sure of the first one."
    known = {repo.name: repo for repo in found.repositories}
    shown = [known[name] for name in inquiry.candidates if name in known]
    return [section(f"{title}\n{sure}"), *(_candidate(place, repo) for place, repo in enumerate(shown, 1))]


def _candidate(place: int, repo: RankedRepository) -> Block:
    why = bullets(prose(line) for line in repo.evidence[:EVIDENCE])
    return section(clipped(f"*{place}.* {code(repo.name)}\n{why}", CANDIDATE))


def _buttons(inquiry: Inquiry) -> Block:
    choices = [
        button(cut(repo, LABEL), f"{PICK}{place}", pick_value(inquiry.task_id, inquiry.id, repo))
        for place, repo in enumerate(inquiry.candidates, 1)
    ]
    none = button("None of these", f"{PICK}none", pick_value(inquiry.task_id, inquiry.id, ""), "danger")
    return {"type": "actions", "block_id": "inquiry", "elements": [*choices, none]}


def _shown(inquiry: Inquiry) -> str:
    when = f" · {moment(inquiry.answered_at)}" if inquiry.answered_at else ""
    match inquiry.answer:
        case Answer.CHOSEN:
            return f":white_check_mark: {code(inquiry.repo)} chosen by {mention(inquiry.answered_by)}{when}"
        case Answer.NONE:
            return f":x: *None of these*, says {mention(inquiry.answered_by)}{when}"
        case Answer.REPLACED:
            return ":fast_forward: *Asked again in a newer message*"
        case _:
            again = f"`/agent retry {inquiry.task_id}` asks again"
            return f":hourglass: *Nobody answered in time*{when} · {again}"
