"""Answers to a request for approval, written where people work: on the ticket, or on one of the task's pull requests.

``@ferry approve <digest>``, ``@ferry reject <digest> <reason>``, ``@ferry changes <digest> <what>``, and a review. What
is said, and by whom; not yet who may. Shapes as in `ferry.domain.triggers.jira` and `ferry.domain.triggers.comment`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ferry.domain.admission.people import JiraActor
from ferry.domain.approval import Decision
from ferry.domain.ticket_edit import TicketEdit
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.comment import LONGEST, Remark, called
from ferry.domain.triggers.jira import read_edit

Json = Mapping[str, Any]
VERBS = {"approve": Decision.APPROVED, "reject": Decision.REJECTED, "changes": Decision.CHANGES_REQUESTED}
STATES = {"approved": Decision.APPROVED, "changes_requested": Decision.CHANGES_REQUESTED}
NAMED = 12
"""Fewest characters of a digest that name a request."""
# Who copies the digest may copy its markup: braces of Jira's wiki, backticks of GitHub's Markdown.
_ANSWER = re.compile(
    rf"({'|'.join(VERBS)})(?![\w-])[\s:,]*[{{`]*(?:([0-9a-f]{{{NAMED},64}})(?![\w-]))?[}}`]*[\s:,.]*(.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Answer:
    """digest: the first characters of the one that the person names, at least NAMED, or ""; reason: their words."""

    decision: Decision
    digest: str
    reason: str


@dataclass(frozen=True)
class TicketAnswer:
    """A new comment of the ticket. edit: the same as what it is when it decides nothing: a later edit of the ticket."""

    answer: Answer
    edit: TicketEdit


@dataclass(frozen=True)
class PullAnswer:
    """A comment, or a review of `commit` made at `at` (RFC 3339), which names no digest.

    subject: id of it; otherwise: what it asks for where no decision is waited for.
    """

    repo: str
    number: int
    user: str
    answer: Answer
    subject: str
    otherwise: Remark | Nothing
    commit: str = ""
    at: str = ""

    @property
    def place(self) -> str:
        return f"{self.repo}#{self.number}"


def read_answer(text: str, calls: Sequence[str]) -> Answer | None:
    """calls: the words that call Ferry, at the beginning of `text`; with none, nothing is an answer."""
    rest = called(text.lstrip("{` \t\r\n"), calls)
    found = _ANSWER.match(rest) if rest is not None else None
    if not found:
        return None
    return Answer(VERBS[found[1].lower()], (found[2] or "").lower(), found[3].strip()[:LONGEST])


def read_ticket_answer(body: Json, calls: Sequence[str], *, at: str) -> TicketAnswer | None:
    """Of a person's new comment. One that is changed afterwards decides nothing: who reads it there cannot see what it
    said when it counted."""
    edit = read_edit(body, at=at)
    if body.get("webhookEvent") != "comment_created" or isinstance(edit, Nothing):
        return None
    author = _object(_object(body.get("comment")).get("author"))
    answer = read_answer(edit.after, calls)
    if answer is None or not is_person(JiraActor(edit.by, "", str(author.get("accountType") or ""))):
        return None
    return TicketAnswer(answer, edit)


def is_person(actor: JiraActor) -> bool:
    return bool(actor.account) and actor.account_type != "app"


def read_pull_answer(kind: str, body: Json, calls: Sequence[str], otherwise: Remark | Nothing) -> PullAnswer | None:
    """kind: the value of ``X-GitHub-Event``; otherwise: what `read_comment` made of the same."""
    if not calls:
        return None
    if kind == "pull_request_review":
        return _review(body, otherwise)
    text = str(_object(body.get("comment")).get("body") or "")
    answer = read_answer(text, calls) if kind == "issue_comment" and isinstance(otherwise, Remark) else None
    if answer is None or isinstance(otherwise, Nothing):
        return None
    subject = f"comment {_object(body.get('comment')).get('id')}"
    return PullAnswer(otherwise.repo, otherwise.number, otherwise.user, answer, subject, otherwise)


def _review(body: Json, otherwise: Remark | Nothing) -> PullAnswer | None:
    review, pull = _object(body.get("review")), _object(body.get("pull_request"))
    decision = STATES.get(str(review.get("state") or "").lower())
    repo, number = str(_object(body.get("repository")).get("full_name") or ""), pull.get("number")
    user = _object(review.get("user"))
    if body.get("action") != "submitted" or decision is None or not (repo and isinstance(number, int)):
        return None
    if user.get("type") == "Bot" or not user.get("login"):
        return None
    return PullAnswer(
        repo=repo,
        number=number,
        user=str(user["login"]),
        answer=Answer(decision, "", str(review.get("body") or "").strip()[:LONGEST]),
        subject=f"review {review.get('id')}",
        otherwise=otherwise,
        commit=str(review.get("commit_id") or ""),
        at=str(review.get("submitted_at") or ""),
    )


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}
