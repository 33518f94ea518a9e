"""Comments on pull requests that call Ferry: ``@ferry fix the rounding``. What is said, and by whom; not yet who may.

GitHub's shapes of ``issue_comment``, ``pull_request_review`` and ``pull_request_review_comment``
(docs.github.com, "Webhook events and payloads").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from ferry.domain.document import Document
from ferry.domain.triggers import Nothing

MENTIONS = ("@ferry", "@agent")
MARK = "<!-- ferry -->"
"""In everything that Ferry writes on a pull request: with a person's token its comments look like a person's."""
LONGEST = 8000
SPOKEN = {"issue_comment": "created", "pull_request_review": "submitted", "pull_request_review_comment": "created"}


class Verb(StrEnum):
    FIX = "fix"
    ADDRESS = "address review"
    EXPLAIN = "explain"
    RETRY = "retry"
    STOP = "stop"
    STATUS = "status"
    HELP = "help"


class Remark(Document):
    """One comment that calls Ferry.

    text: what follows the verb; subject: the forge's own name of the comment, to react to; thread: id of the review
    comment to answer under, 0 when the answer goes to the conversation; unknown: the word that is no verb;
    unbidden: a review that asks for changes and calls nobody, so that it is heard on Ferry's own pull requests alone.
    """

    repo: str
    number: int
    user: str
    verb: Verb
    text: str = ""
    subject: str = ""
    thread: int = 0
    unknown: str = ""
    unbidden: bool = False

    @property
    def place(self) -> str:
        return f"{self.repo}#{self.number}"


def read_comment(kind: str, body: Mapping[str, Any], mentions: Sequence[str] = MENTIONS) -> Remark | Nothing:
    """kind: the value of ``X-GitHub-Event``; mentions: the words that call Ferry, at the beginning of a comment."""
    said = _object(body.get("review" if kind == "pull_request_review" else "comment"))
    issue = _object(body.get("issue") or body.get("pull_request"))
    repo, number = str(_object(body.get("repository")).get("full_name") or ""), issue.get("number")
    text, user = str(said.get("body") or ""), _object(said.get("user"))
    if body.get("action") != SPOKEN.get(kind):
        return Nothing(f"{kind or 'an event without a name'} {body.get('action') or ''}".strip() + " starts nothing")
    if kind == "issue_comment" and not issue.get("pull_request"):
        return Nothing("the comment is not on a pull request")
    if MARK in text or _is_bot(user) or _is_bot(_object(body.get("sender"))) or said.get("performed_via_github_app"):
        return Nothing("a bot wrote this, or Ferry itself")
    rest, unbidden = called(text, mentions), False
    if rest is None and kind == "pull_request_review" and str(said.get("state")).lower() == "changes_requested":
        rest, unbidden = f"{Verb.ADDRESS}: {text}", True
    if rest is None or not (repo and isinstance(number, int) and user.get("login")):
        return Nothing("the comment does not call Ferry")
    verb, words, unknown = _verb(rest)
    return Remark(
        repo=repo,
        number=number,
        user=str(user["login"]),
        verb=verb,
        text=(_where(said) + words)[:LONGEST] if words else "",
        subject=str(said.get("node_id") or ""),
        thread=_thread(said) if kind == "pull_request_review_comment" else 0,
        unknown=unknown,
        unbidden=unbidden,
    )


def called(text: str, mentions: Sequence[str]) -> str | None:
    """What follows the mention that the comment begins with."""
    names = "|".join(re.escape(mention) for mention in mentions if mention)
    found = re.match(rf"\s*(?:{names})(?![\w-])[ \t]*[:,]?", text, re.IGNORECASE) if names else None
    return text[found.end() :].strip() if found else None


def _verb(rest: str) -> tuple[Verb, str, str]:
    for verb in Verb:
        words = r"\s+".join(verb.split())
        found = re.match(rf"{words}(?![\w-])[ \t]*[:,]?", rest, re.IGNORECASE)
        if found:
            return verb, rest[found.end() :].strip(), ""
    return Verb.HELP, "", (rest.split() or [""])[0][:40]


def _where(said: Mapping[str, Any]) -> str:
    """Of a review comment: which line; of one on a whole file (``subject_type`` is file) both lines are null."""
    path, line = said.get("path"), said.get("line") or said.get("original_line")
    if not (isinstance(path, str) and path):
        return ""
    return f"At {path}, line {line}: " if line else f"At {path}: "


def _thread(said: Mapping[str, Any]) -> int:
    """Answers go under the first comment of a thread: GitHub takes no reply to a reply."""
    id = said.get("in_reply_to_id") or said.get("id")
    return id if isinstance(id, int) else 0


def _is_bot(user: Mapping[str, Any]) -> bool:
    return user.get("type") == "Bot" or str(user.get("login") or "").endswith("[bot]")


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
