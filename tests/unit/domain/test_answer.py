"""Answers to a request in comments and reviews: what is one, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.approval import Decision
from ferry.domain.triggers import Nothing
from ferry.domain.triggers.answer import NAMED, Answer, read_answer, read_pull_answer, read_ticket_answer
from ferry.domain.triggers.comment import MENTIONS, Remark, Verb

DIGEST = "0123456789abcdef"
AT = "2026-11-21T12:05:00.000+00:00"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (f"@ferry approve {DIGEST}", Answer(Decision.APPROVED, DIGEST, "")),
        (f"@Agent: Approve {DIGEST[:NAMED].upper()}.", Answer(Decision.APPROVED, DIGEST[:NAMED], "")),
        (f"@ferry reject {DIGEST} not\nnow", Answer(Decision.REJECTED, DIGEST, "not\nnow")),
        (f"@ferry changes {DIGEST}: smaller steps", Answer(Decision.CHANGES_REQUESTED, DIGEST, "smaller steps")),
        (f"{{{{@ferry approve {DIGEST}}}}}", Answer(Decision.APPROVED, DIGEST, "")),
        (f"@ferry approve {{{{{DIGEST}}}}} go on", Answer(Decision.APPROVED, DIGEST, "go on")),
        (f"`@ferry reject {DIGEST}` no", Answer(Decision.REJECTED, DIGEST, "no")),
        ("@ferry reject this is wrong", Answer(Decision.REJECTED, "", "this is wrong")),
        (f"@ferry approve {DIGEST[: NAMED - 1]}", Answer(Decision.APPROVED, "", DIGEST[: NAMED - 1])),
        (f"@ferry approve {DIGEST * 4}0", Answer(Decision.APPROVED, "", f"{DIGEST * 4}0")),
        ("@ferry fix the rounding", None),
        (f"I say: @ferry approve {DIGEST}", None),
        (f"@ferrymen approve {DIGEST}", None),
        (f"@ferry approved {DIGEST}", None),
    ],
)
def test_a_verb_and_a_digest_follow_the_mention(text: str, answer: Answer | None) -> None:
    assert read_answer(text, MENTIONS) == answer


@given(st.text())
def test_whatever_is_named_is_a_digest_of_its_length(text: str) -> None:
    answer = read_answer(f"@ferry approve {text}", MENTIONS)

    if answer and answer.digest:
        assert NAMED <= len(answer.digest) <= 64
        assert set(answer.digest) <= set("0123456789abcdef")


def test_without_a_word_that_calls_nothing_is_an_answer() -> None:
    assert read_answer(f"@ferry approve {DIGEST}", ()) is None


def comment(event: str = "comment_created", kind: str = "atlassian", **author: str) -> dict[str, Any]:
    by = {"accountId": "A1", "displayName": "Ann", "accountType": kind, **author}
    said = {"id": "9", "author": by, "updateAuthor": by, "body": f"@ferry approve {DIGEST}"}
    return {"webhookEvent": event, "issue": {"key": "FERRY-1"}, "comment": said}


def test_a_persons_new_comment_of_a_ticket_answers() -> None:
    answer = read_ticket_answer(comment(), MENTIONS, at=AT)

    assert answer
    assert (answer.edit.key, answer.edit.by, answer.edit.comment) == ("FERRY-1", "A1", "9")
    assert answer.answer == Answer(Decision.APPROVED, DIGEST, "")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(comment("comment_updated"), id="changed afterwards"),
        pytest.param(comment("comment_deleted"), id="deleted"),
        pytest.param(comment(kind="app"), id="by an app"),
        pytest.param(comment(accountId=""), id="by nobody"),
    ],
)
def test_no_other_comment_of_a_ticket_answers(body: dict[str, Any]) -> None:
    assert read_ticket_answer(body, MENTIONS, at=AT) is None


def review(state: str = "approved", action: str = "submitted", **user: str) -> dict[str, Any]:
    return {
        "action": action,
        "repository": {"full_name": "acme/pricing"},
        "pull_request": {"number": 3},
        "review": {
            "id": 5,
            "state": state,
            "body": "Smaller, please",
            "commit_id": "a" * 40,
            "submitted_at": "2026-11-21T12:05:00Z",
            "user": {"login": "ann", "type": "User", **user},
        },
    }


@pytest.mark.parametrize(
    ("state", "decision"), [("approved", Decision.APPROVED), ("CHANGES_REQUESTED", Decision.CHANGES_REQUESTED)]
)
def test_a_review_answers_about_its_commit(state: str, decision: Decision) -> None:
    answer = read_pull_answer("pull_request_review", review(state), MENTIONS, Nothing(""))

    assert answer
    assert (answer.place, answer.user, answer.commit) == ("acme/pricing#3", "ann", "a" * 40)
    assert answer.answer == Answer(decision, "", "Smaller, please")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(review("commented"), id="commented"),
        pytest.param(review("dismissed"), id="dismissed"),
        pytest.param(review(action="edited"), id="edited"),
        pytest.param(review(type="Bot"), id="by a bot"),
    ],
)
def test_no_other_review_answers(body: dict[str, Any]) -> None:
    assert read_pull_answer("pull_request_review", body, MENTIONS, Nothing("")) is None


def test_on_a_pull_request_only_a_comment_that_reads_as_a_persons_answers() -> None:
    body = {"comment": {"id": 7, "body": f"@ferry approve {DIGEST}"}}
    remark = Remark(repo="acme/pricing", number=3, user="ann", verb=Verb.HELP, unknown="approve")

    answer = read_pull_answer("issue_comment", body, MENTIONS, remark)

    assert answer
    assert (answer.user, answer.answer.digest, answer.commit) == ("ann", DIGEST, "")
    assert read_pull_answer("issue_comment", body, MENTIONS, Nothing("a bot wrote this")) is None
    assert read_pull_answer("issue_comment", body, (), remark) is None
