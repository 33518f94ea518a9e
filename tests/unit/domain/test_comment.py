"""Comments that call Ferry: what is said, and what is none of its business."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.triggers import Nothing
from ferry.domain.triggers.comment import MARK, SPOKEN, Remark, Verb, read_comment


def said(text: Any, kind: str = "issue_comment", **more: Any) -> dict[str, Any]:
    user = {"login": "ann", "type": "User"}
    comment = {"id": 7, "node_id": "IC_7", "body": text, "user": user, "performed_via_github_app": None, **more}
    pull = {"number": 3, "pull_request": {"url": "u"}}
    return {
        "action": SPOKEN[kind],
        "issue" if kind == "issue_comment" else "pull_request": pull,
        "review" if kind == "pull_request_review" else "comment": comment,
        "repository": {"full_name": "acme/pricing"},
        "sender": user,
    }


@pytest.mark.parametrize(
    ("text", "verb", "rest"),
    [
        ("@ferry fix the rounding\nof cents", Verb.FIX, "the rounding\nof cents"),
        ("  @Agent: FIX, please", Verb.FIX, "please"),
        ("@ferry address   review", Verb.ADDRESS, ""),
        ("@ferry explain", Verb.EXPLAIN, ""),
        ("@ferry retry", Verb.RETRY, ""),
        ("@agent stop now", Verb.STOP, "now"),
        ("@ferry status", Verb.STATUS, ""),
        ("@ferry", Verb.HELP, ""),
    ],
)
@pytest.mark.parametrize("kind", SPOKEN)
def test_a_verb_follows_the_mention(kind: str, text: str, verb: Verb, rest: str) -> None:
    remark = read_comment(kind, said(text, kind))

    assert isinstance(remark, Remark)
    assert (remark.repo, remark.number, remark.user, remark.subject) == ("acme/pricing", 3, "ann", "IC_7")
    assert (remark.verb, remark.text, remark.unknown) == (verb, rest, "")
    assert remark.thread == (7 if kind == "pull_request_review_comment" else 0)


@pytest.mark.parametrize("word", ["fixture", "statusquo", "dance"])
def test_an_unknown_word_asks_for_help_and_is_remembered(word: str) -> None:
    remark = read_comment("issue_comment", said(f"@ferry {word} it"))

    assert isinstance(remark, Remark)
    assert (remark.verb, remark.unknown) == (Verb.HELP, word)


def test_a_comment_on_a_line_says_which_and_is_answered_under_the_first_of_its_thread() -> None:
    body = said("@ferry fix this", "pull_request_review_comment", path="src/a.py", line=12, in_reply_to_id=5)

    remark = read_comment("pull_request_review_comment", body)

    assert isinstance(remark, Remark)
    assert (remark.text, remark.thread) == ("At src/a.py, line 12: this", 5)


# The members that GitHub's schema of pull_request_review_comment requires of `comment`, by hand from
# @octokit/openapi-webhooks 12.1.0 (MIT); the contract folder has neither this event's schema nor a captured delivery.
DOCUMENTED: dict[str, Any] = {
    "id": 284312630,
    "node_id": "MDI0OlB1bGxSZXF1ZXN0UmV2aWV3Q29tbWVudDI4NDMxMjYzMA==",
    "url": "https://api.github.com/repos/acme/pricing/pulls/comments/284312630",
    "html_url": "https://github.com/acme/pricing/pull/3#discussion_r284312630",
    "pull_request_url": "https://api.github.com/repos/acme/pricing/pulls/3",
    "pull_request_review_id": 237895671,
    "diff_hunk": "@@ -1 +1 @@\n-# Hello\n+# Hello",
    "path": "README.md",
    "position": 1,
    "original_position": 1,
    "commit_id": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
    "original_commit_id": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
    "user": {"login": "ann", "type": "User"},
    "body": "@ferry fix this",
    "created_at": "2019-05-15T15:20:37Z",
    "updated_at": "2019-05-15T15:20:38Z",
    "author_association": "OWNER",
    "start_line": None,
    "original_start_line": None,
    "start_side": None,
    "line": 265,
    "original_line": 260,
    "side": "RIGHT",
    "reactions": {},
    "_links": {},
}


def documented(**more: Any) -> dict[str, Any]:
    sender = DOCUMENTED["user"]
    return {
        "action": "created",
        "comment": {**DOCUMENTED, **more},
        "pull_request": {"number": 3},
        "repository": {"full_name": "acme/pricing"},
        "sender": sender,
    }


@pytest.mark.parametrize(
    ("more", "text", "thread"),
    [
        pytest.param({}, "At README.md, line 265: this", 284312630, id="the first of its thread"),
        pytest.param({"in_reply_to_id": 5}, "At README.md, line 265: this", 5, id="a reply"),
        pytest.param({"line": None}, "At README.md, line 260: this", 284312630, id="on a line that is gone"),
        pytest.param(
            {"line": None, "original_line": None, "subject_type": "file"},
            "At README.md: this",
            284312630,
            id="on a whole file",
        ),
    ],
)
def test_a_review_comment_is_read_as_github_documents_it(more: dict[str, Any], text: str, thread: int) -> None:
    remark = read_comment("pull_request_review_comment", documented(**more))

    assert isinstance(remark, Remark)
    assert (remark.repo, remark.number, remark.user) == ("acme/pricing", 3, "ann")
    assert (remark.text, remark.thread, remark.subject) == (text, thread, DOCUMENTED["node_id"])


@pytest.mark.parametrize("text", ["please @ferry fix it", "@ferryman fix", "@ferry-dev fix", "> @ferry fix", "", None])
def test_only_a_comment_that_begins_with_the_mention_calls(text: Any) -> None:
    assert isinstance(read_comment("issue_comment", said(text)), Nothing)


def test_mentions_are_configured() -> None:
    assert isinstance(read_comment("issue_comment", said("@ferry help"), ["@robot"]), Nothing)
    assert isinstance(read_comment("issue_comment", said("@robot help"), ["@robot"]), Remark)
    assert isinstance(read_comment("issue_comment", said("@robot help"), []), Nothing)


@pytest.mark.parametrize(
    "more",
    [
        {"user": {"login": "ferry[bot]", "type": "Bot"}},
        {"user": {"login": "renovate[bot]"}},
        {"performed_via_github_app": {"id": 1}},
        {"body": f"@ferry fix\n{MARK}"},
    ],
)
def test_bots_and_ferrys_own_comments_are_not_heard(more: dict[str, Any]) -> None:
    assert isinstance(read_comment("issue_comment", said("@ferry fix it", **more)), Nothing)


def test_an_edit_and_a_comment_on_an_issue_start_nothing() -> None:
    assert isinstance(read_comment("issue_comment", {**said("@ferry help"), "action": "edited"}), Nothing)
    assert isinstance(read_comment("issue_comment", {**said("@ferry help"), "issue": {"number": 3}}), Nothing)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("@ferry fix") | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["body", "user", "login", "id"]), inner)
    ),
    max_leaves=6,
)


@given(kind=st.sampled_from(sorted(SPOKEN)), body=st.dictionaries(st.sampled_from(sorted(said(""))), values))
def test_no_payload_makes_the_rules_raise(kind: str, body: dict[str, Any]) -> None:
    assert isinstance(read_comment(kind, {**body, "action": SPOKEN[kind]}), Nothing | Remark)
