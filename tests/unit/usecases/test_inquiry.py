"""Where discovery is not sure: people are asked once, one answer counts, and everybody else is told why."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from ferry.domain.delivery import Delivery, Outcome, Receipt, Source
from ferry.domain.errors import NobodyWaits, NotFound, PlanUnsound, VendorRefused, VendorUnavailable
from ferry.domain.guidance import ADDED, CHOSEN, check_scope, guided
from ferry.domain.inquiry import Answer, Inquiry
from ferry.domain.policy import Policy, parse_policy
from ferry.domain.step import discovery_key
from ferry.domain.task import TaskStatus
from ferry.usecases.admit import admit
from ferry.usecases.finish import expire, nothing
from ferry.usecases.gate import ask
from ferry.usecases.inquire import SOON, inquire, listen, nudge
from ferry.usecases.inquiries import said
from ferry.usecases.resume import resume
from ferry.usecases.rules import Rules
from ferry.usecases.waiting import Patience
from local.standins.slack import blocks as block_kit
from tests.fakes.forge import FakeForge
from tests.unit.usecases.conftest import REPO, RULES, TASK, FakeWorld, discovery

OTHER, THIRD, FAR = "acme/checkout", "acme/news", "acme/far"
PATIENCE = Patience(3600, policy=Policy(approvers=("slack:UANN",)))
STEER = Rules(label="AI", own_account="", approvers=frozenset({"UANN"}), max_revisions=2)


def has(world: FakeWorld, *repos: str) -> None:
    world.forge.repos |= FakeForge({repo: {"README.md": repo} for repo in repos}).repos


@pytest.fixture
def unsure(planned: FakeWorld) -> FakeWorld:
    """Discovery ranked four repositories, and is not sure of the first."""
    has(planned, OTHER, THIRD, FAR, "acme/unranked")
    found = discovery(REPO, OTHER, THIRD, FAR, confidence=0.41)
    planned.artifacts.put(discovery_key(TASK), found.model_dump_json(by_alias=True).encode())
    planned.store.update_task(TASK, status=TaskStatus.DISCOVERING, execution=planned.engine.start(TASK, {}))
    return planned


@pytest.fixture
def asked(unsure: FakeWorld) -> FakeWorld:
    """People were asked, and the machine waits under ``token``."""
    inquire(TASK, unsure, PATIENCE)
    listen(TASK, "token", unsure)
    return unsure


def newest(world: FakeWorld) -> Inquiry:
    return world.gate.inquiries(TASK)[-1]


def button(world: FakeWorld, label: str) -> dict[str, str]:
    blocks = world.chat.messages[newest(world).message_ref].blocks
    elements = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return next(element for element in elements if element["text"]["text"] == label)


def click(
    world: FakeWorld, label: str, user: str = "UANN", id: str = "c1", rules: Rules = STEER, value: str = ""
) -> Receipt:
    found = button(world, label) if not value else {"action_id": "pick_1", "value": value}
    body = {"type": "block_actions", "user": {"id": user}, "channel": {"id": "C1"}, "actions": [found]}
    form = urlencode({"payload": json.dumps(body)})
    return admit(Delivery(Source.SLACK, id, "block_actions", form, world.now()), world, rules)


def add(world: FakeWorld, repo: str, user: str = "UANN", id: str = "a1") -> Receipt:
    form = urlencode({"command": "/agent", "text": f"add {TASK} {repo}", "user_id": user, "channel_id": "C1"})
    return admit(Delivery(Source.SLACK, id, "command", form, world.now()), world, STEER)


def kinds(world: FakeWorld) -> list[str]:
    return [record.kind for record in world.gate.audit(TASK)[0]]


def test_three_candidates_and_none_of_these_are_put_before_people(asked: FakeWorld) -> None:
    message = asked.chat.messages[newest(asked).message_ref]
    [actions] = [block for block in message.blocks if block["type"] == "actions"]

    assert [one["text"]["text"] for one in actions["elements"]] == [REPO, OTHER, THIRD, "None of these"]
    assert "41% sure" in json.dumps(message.blocks)
    assert block_kit.faults(list(message.blocks)) == []
    assert asked.store.task(TASK).status is TaskStatus.AWAITING_CHOICE
    assert "token" not in json.dumps(message.blocks)


def test_a_state_that_is_tried_again_asks_nobody_twice(asked: FakeWorld) -> None:
    inquire(TASK, asked, PATIENCE)

    assert len(asked.gate.inquiries(TASK)) == len(asked.chat.messages) == 1


def test_a_question_that_slack_does_not_take_is_posted_soon_and_the_task_goes_on_waiting(unsure: FakeWorld) -> None:
    unsure.chat.failure = VendorUnavailable("Slack is away")

    assert inquire(TASK, unsure, PATIENCE) == {"state": "waiting", "seconds": SOON}
    assert nudge(TASK, unsure, PATIENCE)["seconds"] == SOON
    unsure.chat.failure = None
    assert nudge(TASK, unsure, PATIENCE)["seconds"] > SOON

    assert len(unsure.gate.inquiries(TASK)) == len(unsure.chat.messages) == 1
    assert newest(unsure).message_ref
    assert [one.kind for one in unsure.store.events(TASK)].count("notice failed") == 1


def test_a_channel_that_is_not_there_is_named_at_once(unsure: FakeWorld) -> None:
    unsure.chat.failure = VendorRefused("channel_not_found")

    with pytest.raises(VendorRefused):
        inquire(TASK, unsure, PATIENCE)


def test_nobody_is_asked_about_a_task_that_was_stopped(unsure: FakeWorld) -> None:
    unsure.store.update_task(TASK, status=TaskStatus.FAILED)

    with pytest.raises(NobodyWaits):
        inquire(TASK, unsure, PATIENCE)
    assert not unsure.gate.inquiries(TASK)


def test_a_click_is_recorded_once_and_wakes_the_machine(asked: FakeWorld) -> None:
    receipt = click(asked, OTHER)

    assert receipt.outcome is Outcome.DECIDED
    assert asked.engine.answers["token"] == {"answer": "chosen"}
    assert (newest(asked).answer, newest(asked).repo) == (Answer.CHOSEN, OTHER)
    assert kinds(asked).count(CHOSEN) == 1
    assert [(one.kind, one.detail) for one in asked.store.events(TASK)][-1] == (CHOSEN, f"by slack:UANN: {OTHER}")
    shown = json.dumps(asked.chat.messages[newest(asked).message_ref].blocks)
    assert "actions" not in shown
    assert "<@UANN>" in shown


def test_the_choice_comes_first_and_says_who_chose_it(asked: FakeWorld) -> None:
    click(asked, OTHER)

    found = guided(discovery(REPO, OTHER, THIRD), said(TASK, asked))

    assert [repo.name for repo in found.repositories] == [OTHER, REPO, THIRD]
    assert found.repositories[0].evidence[0] == "chosen by slack:UANN"
    assert found.confidence == 1.0
    assert guided(found, said(TASK, asked)) == found


@pytest.mark.parametrize("label", [OTHER, REPO, "None of these"])
def test_a_second_click_is_told_what_was_answered_and_changes_nothing(asked: FakeWorld, label: str) -> None:
    value = button(asked, label)["value"]
    click(asked, OTHER)

    receipt = click(asked, "", user="UANN", id="c2", value=value)

    assert receipt.outcome is Outcome.IGNORED
    assert f"{OTHER} was chosen by" in asked.chat.whispers[-1][1]
    assert (newest(asked).repo, kinds(asked).count(CHOSEN)) == (OTHER, 1)


def test_the_same_click_delivered_again_goes_on_where_it_stopped(asked: FakeWorld) -> None:
    value = button(asked, OTHER)["value"]
    click(asked, OTHER)

    assert click(asked, "", id="c1", value=value).outcome is Outcome.DECIDED
    assert not asked.chat.whispers


def test_who_may_not_choose_is_told_so_and_nothing_is_recorded(asked: FakeWorld) -> None:
    receipt = click(asked, OTHER, user="USTRANGER")

    assert receipt.outcome is Outcome.IGNORED
    assert "takes one of the approvers, or whoever asked for the task" in asked.chat.whispers[-1][1]
    assert newest(asked).answer is None
    assert not asked.engine.answers


def test_who_asked_for_the_task_may_choose_also_where_they_may_not_approve(asked: FakeWorld) -> None:
    policy: Policy = parse_policy(
        json.dumps(
            {"approvers": ["slack:UANN"], "requester_may_approve": False, "people": {"bob": ["slack:UBOB", "jira:A1"]}}
        )
    )
    rules = Rules(label="AI", own_account="", approvers=frozenset(), max_revisions=2, policy=policy)

    assert click(asked, OTHER, user="UBOB", rules=rules).outcome is Outcome.DECIDED


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (f"{TASK}|guessed|{OTHER}", "nobody asked that"),
        (f"{TASK}|<id>|{FAR}", f"{FAR} was not among the candidates"),
        (f"{TASK}|<id>|acme/ghost", "acme/ghost was not among the candidates"),
        ("nonsense", "is not one that Ferry wrote"),
    ],
)
def test_a_forged_button_decides_nothing(asked: FakeWorld, value: str, why: str) -> None:
    receipt = click(asked, "", value=value.replace("<id>", newest(asked).id))

    assert receipt.outcome is Outcome.IGNORED
    assert why in receipt.reason
    assert newest(asked).answer is None


def test_none_of_these_wakes_the_machine_with_that(asked: FakeWorld) -> None:
    click(asked, "None of these")

    assert asked.engine.answers["token"] == {"answer": "none"}
    assert said(TASK, asked) == ()


def test_nothing_to_change_is_an_end_that_slack_and_jira_hear_of(asked: FakeWorld) -> None:
    click(asked, "None of these")

    assert nothing(TASK, {"Error": "NothingFound", "Cause": "none of these"}, asked) == "nothing_found"

    task = asked.store.task(TASK)
    assert (task.status.ended, task.resume_from) == (True, "choose")
    assert f"/agent add {TASK}" in json.dumps([message.blocks for message in asked.chat.messages.values()])
    assert "name the repository" in json.dumps(asked.tracker.said)


def test_a_repository_named_after_none_of_these_is_gone_on_with(asked: FakeWorld) -> None:
    click(asked, "None of these")
    nothing(TASK, {"Error": "NothingFound", "Cause": "none of these"}, asked)
    add(asked, "acme/unranked")
    resume(TASK, asked)

    asked.engine.waiting.add("again")
    inquire(TASK, asked, PATIENCE)
    listen(TASK, "again", asked)

    assert asked.engine.answers["again"] == {"answer": "chosen"}
    assert len(asked.gate.inquiries(TASK)) == 1


def test_none_of_these_alone_is_asked_about_again_when_somebody_retries(asked: FakeWorld) -> None:
    click(asked, "None of these")
    nothing(TASK, {"Error": "NothingFound", "Cause": "none of these"}, asked)
    resume(TASK, asked)
    asked.clock.sleep(1)

    asked.engine.waiting.add("again")
    inquire(TASK, asked, PATIENCE)
    listen(TASK, "again", asked)

    assert len(asked.gate.inquiries(TASK)) == 2
    assert "again" not in asked.engine.answers


def test_an_answer_between_asking_and_waiting_is_heard_at_once(unsure: FakeWorld) -> None:
    inquire(TASK, unsure, PATIENCE)
    click(unsure, OTHER)

    unsure.engine.waiting.add("late")
    listen(TASK, "late", unsure)

    assert unsure.engine.answers["late"] == {"answer": "chosen"}


def test_silence_expires_rests_and_can_be_resumed_where_it_was(asked: FakeWorld) -> None:
    asked.clock.advance(3600)

    assert nudge(TASK, asked, PATIENCE)["state"] == "expired"
    expire(TASK, asked)

    assert "nobody said in time which repository is meant" in asked.tracker.said["FERRY-1"][-1]
    assert f"/agent add {TASK}" in json.dumps(list(asked.chat.messages.values())[-1].blocks)
    assert asked.store.task(TASK).resume_from == "choose"
    assert click(asked, "", value=f"{TASK}|{newest(asked).id}|{OTHER}").outcome is Outcome.IGNORED
    assert "nobody answered in time" in asked.chat.whispers[-1][1]


def test_an_answer_of_the_last_moment_wins_over_the_timeout(asked: FakeWorld) -> None:
    click(asked, OTHER)
    asked.clock.advance(3600)

    assert nudge(TASK, asked, PATIENCE)["state"] == "waiting"
    asked.engine.waiting.add("later")
    listen(TASK, "later", asked)
    assert asked.engine.answers["later"] == {"answer": "chosen"}


def test_a_repository_that_was_added_answers_the_open_inquiry(asked: FakeWorld) -> None:
    receipt = add(asked, "unranked")

    assert receipt.outcome is Outcome.DECIDED
    assert asked.engine.answers["token"] == {"answer": "chosen"}
    assert newest(asked).repo == "acme/unranked"


def test_a_repository_that_was_added_later_may_be_planned_for(planned: FakeWorld) -> None:
    has(planned, OTHER)

    add(planned, OTHER)
    add(planned, OTHER, id="a2")

    assert kinds(planned).count(ADDED) == 1
    assert [repo.name for repo in guided(discovery(), said(TASK, planned)).repositories] == [REPO, OTHER]
    check_scope([REPO, OTHER], discovery(), said(TASK, planned))


@pytest.mark.parametrize(("repo", "user", "why"), [("acme/ghost", "UANN", "no repository"), (OTHER, "UX", "takes one")])
def test_what_is_not_there_and_who_may_not_adds_nothing(planned: FakeWorld, repo: str, user: str, why: str) -> None:
    has(planned, OTHER)

    add(planned, repo, user)

    assert why in planned.chat.whispers[-1][1]
    assert not said(TASK, planned)


def test_the_gate_shows_no_plan_that_reaches_where_nobody_pointed(planned: FakeWorld) -> None:
    found = discovery(OTHER)
    planned.artifacts.put(discovery_key(TASK), found.model_dump_json(by_alias=True).encode())

    with pytest.raises(PlanUnsound, match=REPO):
        ask(TASK, 1, planned, RULES)
    assert not planned.gate.approvals(TASK)

    planned.gate.note(TASK, ADDED, {"repo": REPO, "by": "slack:UANN"})
    assert ask(TASK, 1, planned, RULES)["state"] == "waiting"


def test_a_plan_without_any_discovery_is_shown_to_nobody(planned: FakeWorld) -> None:
    del planned.artifacts.documents[discovery_key(TASK)]

    with pytest.raises(PlanUnsound):
        ask(TASK, 1, planned, RULES)


def test_an_inquiry_that_is_not_there_is_named(planned: FakeWorld) -> None:
    with pytest.raises(NotFound, match="i1"):
        planned.gate.inquiry(TASK, "i1")
