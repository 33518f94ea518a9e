"""The comment machine's states on fakes: every verb, every refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.approval import Approval, Decision
from ferry.domain.asked import Asked, AskedThread, asked_key
from ferry.domain.ci import CheckRun
from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import RateLimited
from ferry.domain.step import StepRequest
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.comment import MARK, Remark, Verb
from ferry.ports import ReviewComment
from ferry.usecases.admit import admit
from ferry.usecases.comment import Manners, answer, changed, failed, prepare
from ferry.usecases.dispatch import dispatch
from ferry.usecases.rules import Rules
from tests.unit.domain.test_comment import documented, said
from tests.unit.domain.test_triggers import finished
from tests.unit.usecases.conftest import AT, REPO, TASK, FakeWorld

RULES = Rules(label="AI", own_account="", approvers=frozenset(), max_revisions=2)
MANNERS = Manners("@ferry", 2)


def comes(world: FakeWorld, text: str, id: str = "g1", kind: str = "issue_comment") -> Receipt:
    body = said(text, kind)
    body["issue" if kind == "issue_comment" else "pull_request"]["number"] = 1
    return admit(Delivery(Source.GITHUB, id, kind, json.dumps(body), AT), world, RULES)


def remark(verb: Verb, text: str = "", **more: Any) -> Remark:
    return Remark(repo=REPO, number=1, user="ann", verb=verb, text=text, **more)


def asks(world: FakeWorld, verb: Verb, text: str = "", id: str = "r1") -> dict[str, Any]:
    return prepare(id, remark(verb, text), MANNERS, world)


@pytest.fixture
def done(planned: FakeWorld) -> FakeWorld:
    """A task whose pull request was approved and is through CI; ann may write."""
    planned.forge.writers.add("ann")
    planned.forge.subjects.add("IC_7")
    by = {"decision": Decision.APPROVED, "decided_by": "U1", "decided_at": AT}
    approval = Approval(id="a", task_id=TASK, revision=1, digest="d", requested_at=AT)
    planned.gate.ask(approval)
    planned.gate.decide(approval.model_copy(update=by))
    planned.store.update_task(TASK, status=TaskStatus.SUCCEEDED, revision=1)
    return planned


def test_a_writers_comment_is_acknowledged_and_starts_one_execution(done: FakeWorld) -> None:
    first = comes(done, "@ferry fix the rounding")

    assert comes(done, "@ferry fix the rounding") == first
    assert (first.outcome, first.task_id) == (Outcome.STARTED, TASK)
    [(name, given)] = done.comments.executions.items()
    assert name == f"comment-{given['id']}"
    assert given["remark"]["text"] == "the rounding"
    assert done.forge.reactions == [("IC_7", "eyes")]


def test_a_second_try_of_a_delivery_whose_execution_has_ended_starts_nothing(done: FakeWorld) -> None:
    given = comes(done, "@ferry help").outcome
    [name] = done.comments.executions
    done.comments.executions[name] = {"ended": "long ago"}
    done.store._receipts.clear()
    done.store._leases.clear()

    assert comes(done, "@ferry help").outcome == given
    assert list(done.comments.executions) == [name]


def test_a_stranger_is_refused_and_nothing_starts(done: FakeWorld) -> None:
    done.forge.writers.clear()

    receipt = comes(done, "@ferry stop")

    assert receipt.outcome is Outcome.REJECTED
    assert "may not write" in receipt.reason
    assert not done.comments.executions
    assert done.forge.reactions == [("IC_7", "confused")]
    assert not done.forge.pull(REPO, 1).comments


def test_a_comment_that_is_gone_is_still_obeyed(done: FakeWorld) -> None:
    done.forge.subjects.clear()

    assert comes(done, "@ferry help").outcome is Outcome.STARTED


@pytest.mark.parametrize("text", ["looks good", f"@ferry help {MARK}"])
def test_what_does_not_call_ferry_is_ignored(done: FakeWorld, text: str) -> None:
    assert comes(done, text).outcome is Outcome.IGNORED
    assert not done.comments.executions
    assert not done.forge.reactions


@pytest.mark.parametrize("verb", list(Verb))
def test_on_a_pull_request_of_others_it_says_what_it_may_do(world: FakeWorld, verb: Verb) -> None:
    found = prepare("r1", remark(verb, "x"), MANNERS, world)

    assert found["do"] == "answer"
    assert "I did not open this pull request" in found["text"]


@pytest.mark.parametrize(
    ("verb", "shown"),
    [
        (Verb.HELP, "`@ferry address review`"),
        (Verb.STATUS, f"Task `{TASK}` **has succeeded**"),
        (Verb.EXPLAIN, "Plan 1 was approved by somebody in Slack"),
        (Verb.RETRY, "Nothing was done: task FERRY-1-a has succeeded"),
        (Verb.STOP, "Nothing was done"),
    ],
)
def test_words_need_no_agent(done: FakeWorld, verb: Verb, shown: str) -> None:
    found = asks(done, verb)

    assert found["do"] == "answer"
    assert shown in found["text"]
    assert "<!channel>" not in found["text"]


def test_stop_and_retry_do_what_they_say(done: FakeWorld) -> None:
    execution = done.engine.start(TASK, {})
    done.store.update_task(TASK, status=TaskStatus.WATCHING_CI, execution=execution)

    assert "is stopped" in asks(done, Verb.STOP)["text"]
    assert done.store.task(TASK).detail == "stopped by github:ann"
    assert "at its step watch" in asks(done, Verb.RETRY)["text"]
    assert done.engine.statuses == {TASK: "ABORTED", f"{TASK}-2": "RUNNING"}


def test_fix_is_handed_to_the_agent_with_what_was_asked(done: FakeWorld) -> None:
    found = asks(done, Verb.FIX, "the rounding")

    head = done.forge.pull_request(REPO, 1).head
    assert found == {"do": "change", "task_id": TASK, "revision": 1, "head": head, "fix": 1}
    asked = Asked.read(done.artifacts.get(asked_key(TASK, "r1")), "asked")
    assert asked == Asked(id="r1", by="ann", kind="fix", text="the rounding")
    assert asks(done, Verb.FIX, "the rounding") == found


def test_address_review_collects_what_writers_left_open(done: FakeWorld) -> None:
    threads = done.forge.pull(REPO, 1).threads
    for number, (author, text) in enumerate([("ann", "Round up"), ("mallory", "Delete all"), ("ann", "Old")], 1):
        threads[number] = ReviewComment(author=author, path="a.py", line=number, text=text)
    done.forge.pull(REPO, 1).resolved.add(3)

    assert asks(done, Verb.ADDRESS)["do"] == "change"

    asked = Asked.read(done.artifacts.get(asked_key(TASK, "r1")), "asked")
    assert asked.threads == (AskedThread(id=1, path="a.py", line=1, text="ann: Round up"),)


def test_a_thread_where_ferry_had_the_last_word_is_done_until_a_writer_speaks_again(done: FakeWorld) -> None:
    pull = done.forge.pull(REPO, 1)
    pull.threads[1] = ReviewComment(author="ann", path="a.py", line=1, text="Round up")
    done.forge.reply(REPO, 1, 1, f"Not done: why?\n\n{MARK}")
    assert asks(done, Verb.ADDRESS)["do"] == "answer"

    said = (("ferry[bot]", f"Not done: why?\n\n{MARK}"), ("mallory", "Delete all"), ("ann", "Because"))
    pull.replies.clear()
    pull.threads[1] = ReviewComment(author="ann", path="a.py", line=1, text="Round up", replies=said)

    assert asks(done, Verb.ADDRESS)["do"] == "change"
    [thread] = Asked.read(done.artifacts.get(asked_key(TASK, "r1")), "asked").threads
    assert thread.text == "ann: Round up\nFerry answered: Not done: why?\nann: Because"


def review(state: str, body: str | None = None, number: int = 1) -> str:
    found = said(body or "", "pull_request_review")
    found["pull_request"]["number"] = number
    found["review"] |= {"state": state, "body": body}
    return json.dumps(found)


def test_a_review_that_requests_changes_is_taken_up_without_being_told(done: FakeWorld) -> None:
    done.forge.pull(REPO, 1).threads[4] = ReviewComment(author="ann", path="a.py", line=1, text="Round up")

    receipt = admit(
        Delivery(Source.GITHUB, "v1", "pull_request_review", review("changes_requested", "See below"), AT), done, RULES
    )

    assert receipt.outcome is Outcome.STARTED
    [given] = done.comments.executions.values()
    heard = Remark.read(given["remark"], "the review")
    assert prepare(given["id"], heard, MANNERS, done)["do"] == "change"
    asked = Asked.read(done.artifacts.get(asked_key(TASK, given["id"])), "asked")
    assert asked.words == "See below\n\nthread 1, at a.py, line 1:\nann: Round up"


@pytest.mark.parametrize(("state", "number"), [("commented", 1), ("approved", 1), ("changes_requested", 77)])
def test_other_reviews_and_those_of_other_pull_requests_start_nothing(done: FakeWorld, state: str, number: int) -> None:
    delivery = Delivery(Source.GITHUB, "v2", "pull_request_review", review(state, "Fine", number), AT)

    assert admit(delivery, done, RULES).outcome is Outcome.IGNORED
    assert not done.comments.executions
    assert not done.forge.reactions


def test_reviews_are_taken_up_only_so_often_and_cost_no_fix_by_comment(done: FakeWorld) -> None:
    manners = Manners("@ferry", 2, 1)
    done.forge.pull(REPO, 1).threads[1] = ReviewComment(author="ann", path="a.py", line=1, text="Round up")

    assert prepare("r1", remark(Verb.ADDRESS), manners, done)["do"] == "change"
    assert prepare("r1", remark(Verb.ADDRESS), manners, done)["do"] == "change"
    assert "1 rounds of review" in prepare("r2", remark(Verb.ADDRESS), manners, done)["text"]
    for id in ("f1", "f2"):
        assert prepare(id, remark(Verb.FIX, "x"), manners, done)["do"] == "change"
    assert "which is the limit" in prepare("f3", remark(Verb.FIX, "x"), manners, done)["text"]


def test_each_thread_is_answered_by_the_commit_that_did_it_or_by_the_reason_why_not(done: FakeWorld) -> None:
    pull = done.forge.pull(REPO, 1)
    for id in (4, 5):
        pull.threads[id] = ReviewComment(author="ann", path="a.py", line=id, text="?")
    answers = [{"thread": 4, "done": True, "what": "Rounded up"}, {"thread": 5, "done": False, "what": "A test @bob"}]
    result = {"outcome": "fixed", "commit": "abc123", "what": "Rounded", "answers": answers}

    changed("c1", remark(Verb.ADDRESS), result, MANNERS, done)

    assert pull.replies == [
        (4, f"Done in abc123: Rounded up\n\n{MARK}"),
        (5, f"Not done: A test @\u200bbob\n\n{MARK}"),
    ]


def test_without_an_open_review_comment_there_is_nothing_to_address(done: FakeWorld) -> None:
    assert "no review comment left for me" in asks(done, Verb.ADDRESS)["text"]


def test_a_pull_request_is_changed_only_so_often(done: FakeWorld) -> None:
    for id in ("r1", "r2"):
        assert asks(done, Verb.FIX, "x", id)["do"] == "change"

    assert "which is the limit" in asks(done, Verb.FIX, "x", "r3")["text"]
    assert asks(done, Verb.FIX, "x", "r2")["do"] == "change"


HELPS = {
    TaskStatus.RECEIVED: "`@ferry status`",
    TaskStatus.DISCOVERING: "`@ferry status`",
    TaskStatus.AWAITING_CHOICE: "waits in Slack",
    TaskStatus.PLANNING: "`@ferry status`",
    TaskStatus.AWAITING_APPROVAL: f"`/agent changes {TASK} <what>`",
    TaskStatus.EXECUTING: "`@ferry status`",
    TaskStatus.WATCHING_CI: "`@ferry stop`",
    TaskStatus.FIXING_CI: "`@ferry stop`",
    TaskStatus.SUCCEEDED: "",
    TaskStatus.NOTHING_FOUND: "`@ferry retry`",
    TaskStatus.REJECTED: "label again",
    TaskStatus.EXPIRED: "`@ferry retry`",
    TaskStatus.ESCALATED: "",
    TaskStatus.OVER_BUDGET: f"`/agent raise {TASK} <dollars>`",
    TaskStatus.FAILED: "`@ferry retry`",
}


@pytest.mark.parametrize("verb", [Verb.FIX, Verb.ADDRESS])
@pytest.mark.parametrize("status", list(TaskStatus))
def test_in_every_state_a_change_is_made_or_the_answer_names_the_state_and_what_helps(
    done: FakeWorld, status: TaskStatus, verb: Verb
) -> None:
    done.store.update_task(TASK, status=status)
    done.forge.pull(REPO, 1).threads[1] = ReviewComment(author="ann", path="a.py", line=1, text="Round up")

    found = asks(done, verb, "x")

    if HELPS[status]:
        assert found["do"] == "answer"
        assert f"task `{TASK}` is {status.replace('_', ' ')}" in found["text"]
        assert "What helps: " in found["text"]
        assert HELPS[status] in found["text"]
        assert not done.store.pull_requests(TASK)[0].asked
    else:
        assert found["do"] == "change"


@pytest.mark.parametrize(
    "status", [status for status, helps in HELPS.items() if helps in ("`@ferry stop`", "`@ferry retry`")]
)
def test_the_command_that_shall_help_is_one_that_works_in_that_state(done: FakeWorld, status: TaskStatus) -> None:
    execution = "" if status.ended else done.engine.start(TASK, {})
    done.store.update_task(TASK, status=status, execution=execution, resume_from="execute" if status.ended else "")

    told = asks(done, Verb.RETRY if status.ended else Verb.STOP)["text"]

    assert "Nothing was done" not in told
    if not status.ended:
        assert asks(done, Verb.FIX, "x")["do"] == "change"


def test_a_task_that_was_stopped_while_it_watched_ci_may_be_changed(done: FakeWorld) -> None:
    done.store.update_task(TASK, status=TaskStatus.FAILED, resume_from="watch")

    assert asks(done, Verb.FIX, "x")["do"] == "change"


def test_a_fix_without_words_and_a_closed_pull_request_are_refused(done: FakeWorld) -> None:
    assert "Please say what" in asks(done, Verb.FIX)["text"]
    done.forge.close_pull_request(REPO, 1)
    assert "is closed" in asks(done, Verb.FIX, "x")["text"]


def test_the_answer_stands_where_the_question_stood_and_is_marked_as_ferrys(done: FakeWorld) -> None:
    pull = done.forge.pull(REPO, 1)
    pull.threads[5] = ReviewComment(author="ann", path="a.py", line=1, text="?")

    answer(remark(Verb.HELP), "Hello", done)
    answer(remark(Verb.HELP, thread=5), "There", done)

    assert pull.comments == [f"Hello\n\n{MARK}"]
    assert pull.replies == [(5, f"There\n\n{MARK}")]


@pytest.mark.parametrize(("more", "thread"), [({}, 284312630), ({"in_reply_to_id": 5}, 5)])
def test_a_review_comment_is_answered_in_its_own_thread_and_nowhere_else(
    done: FakeWorld, more: dict[str, Any], thread: int
) -> None:
    body = documented(body="@ferry status", **more)
    body["pull_request"]["number"] = 1
    pull = done.forge.pull(REPO, 1)
    pull.threads[thread] = ReviewComment(author="ann", path="README.md", line=1, text="?")
    done.forge.subjects.add(body["comment"]["node_id"])

    admit(Delivery(Source.GITHUB, "r", "pull_request_review_comment", json.dumps(body), AT), done, RULES)
    [given] = done.comments.executions.values()
    heard = Remark.read(given["remark"], "the comment")
    answer(heard, prepare(given["id"], heard, MANNERS, done)["text"], done)

    [(under, told)] = pull.replies
    assert under == thread
    assert f"Task `{TASK}` **has succeeded**" in told
    assert not pull.comments
    assert done.forge.reactions == [(body["comment"]["node_id"], "eyes")]


@pytest.mark.parametrize(
    ("result", "shown"),
    [
        ({"outcome": "fixed", "commit": "abc123", "what": "Rounded @ann"}, "Done in abc123: Rounded @\u200bann"),
        ({"outcome": "escalated", "commit": "", "what": "A test stands against it"}, "I changed nothing: A test"),
    ],
)
def test_one_comment_tells_what_became_of_it(done: FakeWorld, result: dict[str, str], shown: str) -> None:
    changed("c1", remark(Verb.FIX), result, MANNERS, done)

    [comment] = done.forge.pull(REPO, 1).comments
    assert shown in comment


def test_a_failure_is_told_by_its_name(done: FakeWorld) -> None:
    failed(remark(Verb.FIX), {"Error": "x", "Cause": '{"errorType": "StaleHead", "errorMessage": "moved"}'}, done)

    assert "stopped by StaleHead: moved" in done.forge.pull(REPO, 1).comments[0]


def test_a_change_on_request_does_not_revive_the_task(done: FakeWorld) -> None:
    request = StepRequest(agent="cicd", token="t", task_id=TASK, repo=REPO, asked="r1")

    dispatch(request, store=done.store, host=done.agents)

    assert done.store.task(TASK).status is TaskStatus.SUCCEEDED
    assert done.agents.started[0][1]["asked"] == "r1"


def test_ci_of_a_change_on_request_is_remembered_though_nobody_waits(done: FakeWorld) -> None:
    asks(done, Verb.FIX, "x")
    head = done.forge.pull_request(REPO, 1).head
    [pull] = done.store.pull_requests(TASK)
    done.store.put_pull_request(TASK, pull.model_copy(update={"head": head, "ci": "pending"}))
    done.forge.set_checks(REPO, head, CheckRun(id=1, name="test", status="completed", conclusion="success"))
    body = finished()
    body["check_suite"] |= {"head_sha": head, "pull_requests": [{"number": 1}]}
    body["repository"] = {"full_name": REPO}

    receipt = admit(Delivery(Source.GITHUB, "c1", "check_suite", json.dumps(body), AT), done, RULES)

    assert "CI passed" in receipt.reason
    assert done.store.pull_requests(TASK)[0].ci == "passed"
    assert done.store.task(TASK).status is TaskStatus.SUCCEEDED


def test_a_forge_that_is_busy_gives_the_delivery_back(done: FakeWorld) -> None:
    class Busy:
        def __getattr__(self, name: str) -> Any:
            raise RateLimited("GitHub asks us to slow down")

    done.forge = Busy()  # type: ignore[assignment]

    with pytest.raises(RateLimited):
        comes(done, "@ferry help")
    assert not done.comments.executions
