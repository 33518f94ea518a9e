"""`/agent` in Slack: what it shows, whom it obeys, and what it says to a wrong word."""

from __future__ import annotations

import json

import pytest

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import VendorUnavailable
from ferry.domain.scope import Scope
from ferry.domain.task import TaskStatus
from ferry.domain.triggers.slack import Command
from ferry.usecases.admit import admit
from ferry.usecases.command import obey
from ferry.usecases.finish import RESUME
from ferry.usecases.indexing.refresh import Library, refresh
from ferry.usecases.rules import Rules
from local.standins.slack import blocks as block_kit
from tests.fakes.forge import FakeForge
from tests.unit.domain.retrieval_samples import CHECKOUT
from tests.unit.usecases.conftest import AT, TASK, FakeWorld

DELIVERY = Delivery(Source.SLACK, "d1", "command", "", AT)
RULES = Rules(label="AI", own_account="", approvers=frozenset({"U1"}), max_revisions=2)


def say(world: FakeWorld, verb: str, *words: str, user: str = "U1") -> Receipt:
    return obey(DELIVERY, Command(user, verb, words, "C1"), world, RULES)


def told(world: FakeWorld) -> str:
    """The last answer: its plain text and all that its blocks show."""
    return world.chat.whispers[-1][1] + json.dumps(world.chat.whispered_blocks[-1])


@pytest.fixture
def running(planned: FakeWorld) -> FakeWorld:
    execution = planned.engine.start(TASK, {})
    planned.store.update_task(TASK, status=TaskStatus.AWAITING_APPROVAL, execution=execution, title="A <b> title")
    planned.store.add_event(TASK, "started", "Ann <!channel> asked")
    return planned


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("help",), "/agent stop"),
        (("dance",), "There is no command “dance”"),
        (("stop",), "Stop which task?"),
        (("add", TASK), "Add which repository to which task?"),
        (("find",), "Find what?"),
        (("status",), "1 task at work"),
        (("status", TASK), "/agent approve FERRY-1-a"),
        (("status", "ferry-1"), f"{TASK} awaits approval"),
        (("list",), f"`{TASK}` *awaiting approval*"),
        (("list", "awaiting", "approval"), "1 task awaiting approval"),
        (("list", "failed"), "0 tasks failed"),
        (
            ("list", "sleeping"),
            "There is no status “sleeping”. A task is one of: received, discovering, awaiting choice, planning",
        ),
        (("logs", TASK), "Ann &lt;!channel&gt; asked"),
        (("logs", TASK, "-3"), "“-3” is not a number of lines"),
        (("logs",), "Logs of which task?"),
        (("status", "FERY-1-a"), f"did you mean {TASK}?"),
        (("stop", "nothing-like-it"), "`/agent list` shows all"),
    ],
)
def test_whoever_asks_is_answered_alone_with_blocks(running: FakeWorld, words: tuple[str, ...], shown: str) -> None:
    receipt = say(running, *words, user="U9")

    assert shown in told(running)
    assert running.chat.whispers[-1][0] == "U9"
    assert running.chat.whispered_blocks[-1]
    assert receipt.outcome is Outcome.IGNORED
    assert not running.chat.messages
    assert "<b>" not in told(running)
    assert "<!channel>" not in told(running)


def test_logs_show_as_many_lines_as_asked(running: FakeWorld) -> None:
    for number in range(12):
        running.store.add_event(TASK, "step", f"line {number}!")

    say(running, "logs", TASK, "2")

    assert "line 11!" in told(running)
    assert "line 10!" in told(running)
    assert "line 9!" not in told(running)


def test_stop_ends_the_execution_and_closes_nothing(running: FakeWorld) -> None:
    receipt = say(running, "stop", TASK)

    task = running.store.task(TASK)
    assert (task.status, task.detail) == (TaskStatus.FAILED, "stopped by slack:U1")
    assert task.resume_from == RESUME[TaskStatus.AWAITING_APPROVAL]
    assert running.engine.statuses[TASK] == "ABORTED"
    assert all(running.forge.pull_request(pull.repo, pull.number).open for pull in running.store.pull_requests(TASK))
    assert (receipt.outcome, receipt.task_id) == (Outcome.DECIDED, TASK)
    [message] = running.chat.messages.values()
    assert message.text == "FERRY-1: stopped by somebody in Slack; nothing was closed"
    assert "stopped by <@U1>; nothing was closed" in message.blocks[0]["text"]["text"]
    assert running.tracker.said["FERRY-1"]


def test_a_stopped_task_is_retried_where_it_was(running: FakeWorld) -> None:
    say(running, "stop", TASK)

    say(running, "retry", TASK)

    assert "goes on where it stopped, at its step approve" in told(running)
    assert running.engine.statuses[f"{TASK}-2"] == "RUNNING"
    assert not running.store.task(TASK).status.ended


def test_what_is_over_cannot_be_stopped_and_what_runs_cannot_be_retried(running: FakeWorld) -> None:
    say(running, "retry", TASK)
    assert "nothing to resume" in told(running)
    say(running, "stop", TASK)
    say(running, "stop", TASK)
    assert "has failed already" in told(running)


def test_a_task_whose_execution_is_gone_can_be_stopped(planned: FakeWorld) -> None:
    say(planned, "stop", TASK)

    assert planned.store.task(TASK).status is TaskStatus.FAILED


@pytest.mark.parametrize("verb", ["stop", "retry"])
def test_only_approvers_stop_and_retry(running: FakeWorld, verb: str) -> None:
    receipt = say(running, verb, TASK, user="U9")

    assert "not among those" in told(running)
    assert receipt.outcome is Outcome.IGNORED
    assert running.engine.statuses == {TASK: "RUNNING"}
    assert running.store.task(TASK).status is TaskStatus.AWAITING_APPROVAL


def test_a_stop_that_slack_does_not_hear_of_is_still_a_stop(running: FakeWorld) -> None:
    running.chat.failure = VendorUnavailable("Slack is away")

    with pytest.raises(VendorUnavailable):
        say(running, "stop", TASK)

    assert running.store.task(TASK).status is TaskStatus.FAILED
    assert "Slack was not told" in running.store.events(TASK)[-1].detail


def mention(**event: object) -> Delivery:
    said = {
        "type": "app_mention",
        "user": "U1",
        "text": "<@UBOT> why <@U2|ann>?",
        "ts": "1.2",
        "channel": "C1",
        **event,
    }
    body = {"type": "event_callback", "event": said, "authorizations": [{"user_id": "UBOT", "is_bot": True}]}
    return Delivery(Source.SLACK, "Ev1", "event_callback", json.dumps(body), AT)


def test_a_question_is_handed_to_the_slack_agent_once(world: FakeWorld) -> None:
    receipt = admit(mention(), world, RULES)
    admit(mention(), world, RULES)

    assert world.agents.started == [
        ("slack", {"id": "Ev1", "user": "U1", "text": "why ?", "thread": "C1:1.2", "asked_at": AT})
    ]
    assert receipt.reason.startswith("a question")


def test_an_answer_goes_to_the_thread_where_the_question_stood(world: FakeWorld) -> None:
    admit(mention(thread_ts="1.1"), world, RULES)

    assert world.agents.started[0][1]["thread"] == "C1:1.1"


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message"},
        {"user": "UBOT"},
        {"user": None},
        {"text": "<@UBOT> "},
        {"type": "message"},
    ],
)
def test_bots_and_silence_are_not_answered(world: FakeWorld, event: dict[str, object]) -> None:
    receipt = admit(mention(**event), world, RULES)

    assert receipt.outcome is Outcome.IGNORED
    assert not world.agents.started


def test_find_answers_with_files_and_their_evidence_and_names_what_has_no_index(planned: FakeWorld) -> None:
    planned.forge.repos |= FakeForge({"acme/checkout": CHECKOUT, "acme/news": {"README.md": "News"}}).repos
    library = Library(planned.forge, planned.artifacts, planned.clock, Scope())
    refresh(planned.forge.repository("acme/checkout"), library)

    receipt = say(planned, "find", "OrderTotal", "coupon")

    assert receipt.outcome is Outcome.IGNORED
    assert "`acme/checkout` `src/checkout/totals.py` (source): defines `OrderTotal`" in told(planned).replace("'", "`")
    assert "no index yet, so not searched: `acme/news`, `acme/pricing`" in told(planned)
    assert block_kit.faults(planned.chat.whispered_blocks[-1]) == []


def test_find_builds_no_index(planned: FakeWorld) -> None:
    before = set(planned.artifacts.documents)

    say(planned, "find", "tiers")

    assert set(planned.artifacts.documents) == before
    assert "0 files of 0 repositories" in told(planned)
