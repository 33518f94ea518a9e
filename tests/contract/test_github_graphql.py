"""What Ferry asks of GitHub's GraphQL, against the part of its public schema that it needs.

SCHEMA is by hand from schema.graphql of @octokit/graphql-schema 15.26.1 (MIT), against which all three documents
validate with graphql-js; GitHub publishes the same at docs.github.com/public/fpt/schema.docs.graphql.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from ferry.adapters.github import _READY
from ferry.adapters.github_change_set import _REVERT
from ferry.adapters.github_talk import _REACT, _THREADS

# Type → field → (the type it gives, its arguments with their types); input objects have fields of type "".
SCHEMA: Mapping[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "query": {"repository": ("Repository", {"owner": "String!", "name": "String!"})},
    "mutation": {
        "markPullRequestReadyForReview": ("MarkedReady", {"pullRequestId": "ID!"}),
        "revertPullRequest": ("Reverted", {"pullRequestId": "ID!", "title": "String", "body": "String"}),
        "addReaction": ("AddedReaction", {"subjectId": "ID!", "content": "ReactionContent!"}),
    },
    "Repository": {"pullRequest": ("PullRequest", {"number": "Int!"})},
    "PullRequest": {"reviewThreads": ("Threads", {"first": "Int"}), "isDraft": ("", {}), "number": ("", {})},
    "Reverted": {"revertPullRequest": ("PullRequest", {}), "pullRequest": ("PullRequest", {})},
    "Threads": {"nodes": ("Thread", {})},
    "Thread": {
        "isResolved": ("", {}),
        "path": ("", {}),
        "line": ("", {}),
        "comments": ("Comments", {"first": "Int"}),
    },
    "Comments": {"nodes": ("Comment", {})},
    "Comment": {"databaseId": ("", {}), "body": ("", {}), "author": ("Actor", {})},
    "Actor": {"login": ("", {})},
    "MarkedReady": {"pullRequest": ("PullRequest", {})},
    "AddedReaction": {"reaction": ("Reaction", {})},
    "Reaction": {"content": ("", {})},
}
TOKEN = re.compile(r"[{}()]|[$\w]+[!]?|:")


def checked(document: str) -> set[str]:
    """``Type.field`` of all that is asked for; AssertionError where the schema has no such thing."""
    words = TOKEN.findall(document)
    variables, words = _variables(words)
    found: set[str] = set()
    rest = _selection(words, "mutation" if document.startswith("mutation") else "query", variables, found)
    assert not rest
    return found


def _variables(words: list[str]) -> tuple[dict[str, str], list[str]]:
    end = words.index(")")
    named = words[2:end]
    return dict(zip(named[0::3], named[2::3], strict=True)), words[end + 1 :]


def _selection(words: list[str], of: str, variables: Mapping[str, str], found: set[str]) -> list[str]:
    assert words[0] == "{"
    words = words[1:]
    while words[0] != "}":
        field, words = words[0], words[1:]
        assert field in SCHEMA[of], f"{of} has no field {field}"
        found.add(f"{of}.{field}")
        gives, wanted = SCHEMA[of][field]
        given, words = _arguments(words, variables) if words[0] == "(" else ({}, words)
        assert given == {name: kind for name, kind in wanted.items() if kind.endswith("!") or name in given}
        assert bool(gives) == (words[0] == "{"), f"{of}.{field}: an object needs a selection, a scalar has none"
        words = _selection(words, gives, variables, found) if gives else words
    return words[1:]


def _arguments(words: list[str], variables: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    end = words.index(")")
    flat = [word for word in words[1:end] if word not in ("{", "}", "input", ":")]
    kinds = (variables.get(value, "Int" if value.isdecimal() else "?") for value in flat[1::2])
    return dict(zip(flat[0::2], kinds, strict=True)), words[end + 1 :]


@pytest.mark.parametrize(
    ("document", "asked"),
    [
        (_READY, {"mutation.markPullRequestReadyForReview", "MarkedReady.pullRequest", "PullRequest.isDraft"}),
        (_REVERT, {"mutation.revertPullRequest", "Reverted.revertPullRequest", "PullRequest.number"}),
        (_REACT, {"mutation.addReaction", "AddedReaction.reaction", "Reaction.content"}),
        (
            _THREADS,
            {"Thread.isResolved", "Comment.databaseId", "Thread.path", "Thread.line", "Comment.body", "Actor.login"},
        ),
    ],
)
def test_what_is_asked_by_graphql_is_in_githubs_schema(document: str, asked: set[str]) -> None:
    assert asked <= checked(document)


@pytest.mark.parametrize(
    "wrong",
    [
        _THREADS.replace("isResolved", "resolved"),
        _THREADS.replace("$number: Int!", "$number: String!"),
        _THREADS.replace("author { login }", "author"),
        _REACT.replace("subjectId: $id, ", ""),
    ],
)
def test_what_githubs_schema_has_not_is_refused(wrong: str) -> None:
    with pytest.raises(AssertionError):
        checked(wrong)
