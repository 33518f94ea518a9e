"""GitHub's people: who may write, what reviewers said, and how they are answered.

Reactions and the state of review threads are GraphQL's alone (https://docs.github.com/graphql); a review has no
reactions in REST at all.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ferry.adapters.github_http import GitHubApi
from ferry.domain.errors import NotFound
from ferry.ports import ReviewComment

MAX_BODY = 65_000  # GitHub refuses bodies of more than 65,536 characters
CUT = "\n\n… (cut)"
WRITERS = frozenset({"admin", "write"})  # "maintain" is told as write, "triage" as read
_REACT = (
    "mutation($id: ID!, $content: ReactionContent!) "
    "{ addReaction(input: {subjectId: $id, content: $content}) { reaction { content } } }"
)
_THREADS = (
    "query($owner: String!, $name: String!, $number: Int!) { repository(owner: $owner, name: $name) "
    "{ pullRequest(number: $number) { reviewThreads(first: 100) { nodes { isResolved path line "
    "comments(first: 100) { nodes { databaseId body author { login } } } } } } } }"
)


class GitHubTalk:
    def __init__(self, api: GitHubApi) -> None:
        self._api = api

    def reply(self, repo: str, number: int, thread: int, markdown: str) -> None:
        self._api.call("POST", f"/repos/{repo}/pulls/{number}/comments/{thread}/replies", body={"body": cut(markdown)})

    def react(self, subject: str, reaction: str) -> None:
        self._api.graphql(_REACT, {"id": subject, "content": reaction.upper()})

    def unresolved(self, repo: str, number: int) -> tuple[ReviewComment, ...]:
        owner, _, name = repo.partition("/")
        data = self._api.graphql(_THREADS, {"owner": owner, "name": name, "number": number})
        pull = (data.get("repository") or {}).get("pullRequest")
        if pull is None:
            raise NotFound(f"GitHub: {repo} has no pull request {number}")
        threads = pull["reviewThreads"]["nodes"]
        return tuple(_first(thread) for thread in threads if not thread["isResolved"] and thread["comments"]["nodes"])

    def may_write(self, repo: str, user: str) -> bool:
        try:
            answer = self._api.call("GET", f"/repos/{repo}/collaborators/{quote(user, safe='')}/permission").json()
        except NotFound:
            return False
        return answer.get("permission") in WRITERS


def _first(thread: dict[str, Any]) -> ReviewComment:
    first, *rest = thread["comments"]["nodes"]
    return ReviewComment(
        author=_author(first),
        path=thread["path"],
        line=thread["line"] or 0,
        text=first["body"],
        id=first["databaseId"],
        replies=tuple((_author(one), one["body"]) for one in rest),
    )


def _author(comment: dict[str, Any]) -> str:
    """The account of an author that is gone is null."""
    return str((comment["author"] or {}).get("login", ""))


def cut(text: str) -> str:
    return text if len(text) <= MAX_BODY else text[: MAX_BODY - len(CUT)] + CUT
