"""statemachines/delivery.asl.yaml itself, run by the embedded engine; only what its functions answer is scripted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from local.aws.deploy.deployment import Clients
from local.aws.engine import start_engine
from tests.stack.helpers import FunctionsHere, Machines, served
from tests.template import ROOT

Say = dict[str, Any]
REPOS = ["acme/pricing", "acme/checkout"]
NUMBERS = {
    "DiscoveryConfidence": 0.6,
    "AgentTimeoutSeconds": 20,
    "HeartbeatSeconds": 10,
    "CiTimeoutSeconds": 20,
    "NotifierTimeoutSeconds": 10,
    "MachineTimeoutSeconds": 60,
    "MaxRevisions": 2,
    "MaxCiFixes": 2,
}


class FailedStep(Exception):
    """An agent that gives up: its error's name."""


class Silence(Exception):
    """Nobody answers the token."""


@dataclass
class Cast:
    """What each function is asked (`heard`), and what it answers: by default the good way through."""

    client: Any
    heard: list[tuple[str, Say]] = field(default_factory=list)
    discovery: Callable[[Say], Say] = lambda _: {"complexity": "low", "confidence": 0.6}
    planning: Callable[[Say], Say] = lambda asked: {"revision": asked["revision"], "digest": "d", "repositories": REPOS}
    execution: Callable[[Say], Say] = lambda asked: {"repo": asked["repo"], "head": "0", "commits": 1}
    cicd: Callable[[Say], Say] = lambda asked: {"outcome": "fixed", "head": str(asked["fix"])}
    approval: Callable[[Say], Say] = lambda _: {"decision": "approved", "reason": ""}
    ask: Callable[[Say], Say] = lambda _: {"state": "waiting", "seconds": 20}
    remind: Callable[[Say], Say] = lambda _: {"state": "expired", "seconds": 1}
    check: Callable[[Say], Say] = lambda _: {"state": "holds", "seconds": 1}
    inquire: Callable[[Say], Say] = lambda _: {"state": "waiting", "seconds": 20}
    choice: Callable[[Say], Say] = lambda _: {"answer": "chosen"}
    nudge: Callable[[Say], Say] = lambda _: {"state": "expired", "seconds": 1}
    ci: Callable[[Say], Say] = lambda _: {"state": "passed"}
    late: Callable[[Say], Say] = lambda _: {"state": "timed out"}
    status: str = "succeeded"

    def dispatcher(self, asked: Say) -> Say:
        return self._later(asked["agent"], getattr(self, asked["agent"]), asked)

    def gate(self, asked: Say) -> Say:
        if asked["step"] == "wait":
            return self._later("approval", self.approval, asked)
        if asked["step"] == "listen":
            return self._later("choice", self.choice, asked)
        self.heard.append((asked["step"], asked))
        script: Callable[[Say], Say] = getattr(self, asked["step"])
        return script(asked)

    def watch_ci(self, asked: Say) -> Say:
        if asked["step"] == "lapse":
            self.heard.append(("lapse_ci", asked))
            return self.late(asked)
        return self._later("ci", self.ci, asked)

    def notifier(self, asked: Say) -> Say:
        self.heard.append((asked["end"], asked))
        return {"status": self.status}

    def _later(self, name: str, script: Callable[[Say], Say], asked: Say) -> Say:
        self.heard.append((name, asked))
        threading.Thread(target=self._answer, args=(script, asked), daemon=True).start()
        return {}

    def _answer(self, script: Callable[[Say], Say], asked: Say) -> None:
        # Where another branch failed, the machine waits no more for this one, and says so.
        with suppress(Silence, self.client.exceptions.TaskTimedOut):
            try:
                self.client.send_task_success(taskToken=asked["token"], output=json.dumps(script(asked)))
            except FailedStep as error:
                self.client.send_task_failure(taskToken=asked["token"], error=str(error), cause="because")

    @property
    def told(self) -> list[str]:
        return [name for name, _ in self.heard]

    def asked(self, name: str) -> list[Say]:
        return [asked for heard, asked in self.heard if heard == name]


def definition(**numbers: float) -> Say:
    source = (ROOT / "statemachines" / "delivery.asl.yaml").read_text()
    # Two seconds before a second try are right in life and wrong here.
    source = source.replace("IntervalSeconds: 2", "IntervalSeconds: 1")
    values: dict[str, object] = {**NUMBERS, **numbers}
    loaded: Say = yaml.safe_load(re.sub(r"\$\{(\w+)\}", lambda found: str(values.get(found[1], found[1])), source))
    return loaded


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Machines, FunctionsHere]]:
    functions = FunctionsHere()
    late, url, close = served()
    engine = start_engine(functions, late, url)
    yield Machines(Clients(url, "us-east-1")("stepfunctions")), functions
    close()
    engine.stop()


@pytest.fixture
def cast(stage: tuple[Machines, FunctionsHere]) -> Cast:
    machines, functions = stage
    cast = Cast(machines.client)
    functions.functions |= {
        "DispatcherFunction": cast.dispatcher,
        "ApprovalFunction": cast.gate,
        "CiWatchFunction": cast.watch_ci,
        "NotifierFunction": cast.notifier,
    }
    return cast


def run(stage: tuple[Machines, FunctionsHere], *, given: Say | None = None, **numbers: float) -> Say:
    first = {"task_id": "T", "resume_from": "", "plan": {"revision": 1, "feedback": ""}}
    machines = stage[0]
    return machines.end(machines.start(definition(**numbers), {**first, **(given or {})}), seconds=40)


Stage = tuple[Machines, FunctionsHere]


def test_the_good_way_goes_through_every_step_once(stage: Stage, cast: Cast) -> None:
    ended = run(stage)

    assert ended["status"] == "SUCCEEDED"
    assert cast.told[:7] == ["discovery", "planning", "ask", "approval", "check", "execution", "execution"]
    assert sorted(cast.told[7:]) == ["ci", "ci", "finish"], cast.heard
    assert [asked["repo"] for asked in cast.asked("execution")] == REPOS
    assert all(asked["retries"] == 0 for asked in cast.asked("execution"))


def unsure(_: Say) -> Say:
    return {"complexity": "low", "confidence": 0.59}


def test_doubt_is_asked_about_before_anything_is_planned(stage: Stage, cast: Cast) -> None:
    cast.discovery = unsure

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told[:5] == ["discovery", "inquire", "choice", "planning", "ask"]


def test_a_threshold_of_zero_never_asks(stage: Stage, cast: Cast) -> None:
    cast.discovery = lambda _: {"complexity": "low", "confidence": 0.0}

    assert run(stage, DiscoveryConfidence=0)["status"] == "SUCCEEDED"
    assert "inquire" not in cast.told


def test_none_of_these_is_an_end_with_a_name(stage: Stage, cast: Cast) -> None:
    cast.discovery = unsure
    cast.choice = lambda _: {"answer": "none"}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told[-1] == "nothing"
    assert cast.asked("nothing")[0]["error"]["Error"] == "NothingFound"
    assert not cast.asked("planning")


def test_a_ticket_about_nothing_here_is_an_end_with_a_name_and_no_failure(stage: Stage, cast: Cast) -> None:
    def nothing(_: Say) -> Say:
        raise FailedStep("NothingFound")

    cast.discovery = nothing

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told == ["discovery", "nothing"]


def test_an_unanswered_question_expires_and_nothing_is_planned(stage: Stage, cast: Cast) -> None:
    def nobody(_: Say) -> Say:
        raise Silence

    cast.discovery, cast.choice = unsure, nobody
    cast.inquire = lambda _: {"state": "waiting", "seconds": 1}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told == ["discovery", "inquire", "choice", "nudge", "expire"]


def test_people_are_reminded_of_the_question_and_the_late_answer_counts(stage: Stage, cast: Cast) -> None:
    def second_time(_: Say) -> Say:
        if cast.told.count("choice") == 1:
            raise Silence
        return {"answer": "chosen"}

    cast.discovery, cast.choice = unsure, second_time
    cast.inquire = lambda _: {"state": "waiting", "seconds": 1}
    cast.nudge = lambda _: {"state": "waiting", "seconds": 20}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told[:6] == ["discovery", "inquire", "choice", "nudge", "choice", "planning"]


def test_an_answer_that_nobody_knows_fails_closed(stage: Stage, cast: Cast) -> None:
    cast.discovery = unsure
    cast.choice = lambda _: {"answer": "whatever"}

    assert run(stage)["status"] == "FAILED"
    assert not cast.asked("planning")


def test_a_task_that_waited_for_a_choice_is_resumed_there(stage: Stage, cast: Cast) -> None:
    assert run(stage, given={"resume_from": "choose"})["status"] == "SUCCEEDED"
    assert cast.told[:3] == ["inquire", "choice", "planning"]


def test_feedback_makes_the_next_revision(stage: Stage, cast: Cast) -> None:
    answers = iter([{"decision": "changes_requested", "reason": "smaller"}, {"decision": "approved", "reason": ""}])
    cast.approval = lambda _: next(answers)

    assert run(stage)["status"] == "SUCCEEDED"
    assert [(asked["revision"], asked["feedback"]) for asked in cast.asked("planning")] == [(1, ""), (2, "smaller")]
    assert [asked["revision"] for asked in cast.asked("execution")] == [2, 2]


def test_feedback_is_bounded(stage: Stage, cast: Cast) -> None:
    cast.approval = lambda _: {"decision": "changes_requested", "reason": "again"}

    assert run(stage)["status"] == "FAILED"
    assert len(cast.asked("planning")) == NUMBERS["MaxRevisions"]
    assert cast.asked("fail")[0]["error"]["Error"] == "PlanUnsound"


def test_a_rejection_is_an_end_and_nothing_is_executed(stage: Stage, cast: Cast) -> None:
    cast.approval = lambda _: {"decision": "rejected", "reason": "no"}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told[-1] == "reject"
    assert cast.asked("reject")[0]["reason"] == "no"
    assert not cast.asked("execution")


def test_silence_expires_and_is_no_rejection(stage: Stage, cast: Cast) -> None:
    def nobody(_: Say) -> Say:
        raise Silence

    cast.approval = nobody
    cast.ask = lambda _: {"state": "waiting", "seconds": 1}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told[-1] == "expire"
    assert not cast.asked("execution")


def test_a_reminder_goes_on_waiting_and_the_late_decision_counts(stage: Stage, cast: Cast) -> None:
    def second_time(_: Say) -> Say:
        if cast.told.count("approval") == 1:
            raise Silence
        return {"decision": "approved", "reason": ""}

    cast.approval = second_time
    cast.ask = lambda _: {"state": "waiting", "seconds": 1}
    cast.remind = lambda _: {"state": "waiting", "seconds": 20}

    assert run(stage)["status"] == "SUCCEEDED"
    assert cast.told.count("remind") == 1
    assert cast.asked("execution")


def test_a_gate_that_opens_again_asks_again_before_anything_is_executed(stage: Stage, cast: Cast) -> None:
    states = ["waiting", "holds"]
    cast.check = lambda _: {"state": states.pop(0), "seconds": 20}

    assert run(stage)["status"] == "SUCCEEDED"
    told = cast.told
    assert told.count("approval") == 2
    assert told.index("execution") > len(told) - 1 - told[::-1].index("check")


@pytest.mark.parametrize("state", ["maybe", "expired"])
def test_a_gate_that_neither_holds_nor_waits_lets_nobody_through(stage: Stage, cast: Cast, state: str) -> None:
    cast.check = lambda _: {"state": state, "seconds": 1}

    assert run(stage)["status"] == "FAILED"
    assert not cast.asked("execution")


def test_a_decision_that_the_machine_does_not_know_executes_nothing(stage: Stage, cast: Cast) -> None:
    cast.approval = lambda _: {"decision": "maybe", "reason": ""}

    assert run(stage)["status"] == "FAILED"
    assert cast.asked("fail")[0]["error"]["Error"] == "NotApproved"
    assert not cast.asked("execution")


def test_a_red_ci_is_fixed_on_its_own_head(stage: Stage, cast: Cast) -> None:
    cast.ci = lambda asked: {"state": "passed" if asked["head"] == "2" or asked["repo"] == REPOS[0] else "failed"}

    assert run(stage)["status"] == "SUCCEEDED"
    assert [(asked["head"], asked["fix"]) for asked in cast.asked("cicd")] == [("0", 1), ("1", 2)]


def test_ci_that_stays_red_is_escalated_after_the_last_fix(stage: Stage, cast: Cast) -> None:
    cast.ci = lambda _: {"state": "failed"}
    cast.status = "escalated"

    ended = run(stage)

    assert (ended["status"], ended["error"]) == ("FAILED", "CiEscalated")
    # The last time nothing more may be committed: the agent is there to say what it is.
    assert len(cast.asked("cicd")) == (NUMBERS["MaxCiFixes"] + 1) * len(REPOS)
    assert {asked["fixes"] for asked in cast.asked("cicd")} == {NUMBERS["MaxCiFixes"]}


def test_a_rerun_waits_for_the_same_commit_again_and_is_no_fix(stage: Stage, cast: Cast) -> None:
    states = iter(["failed", "passed"])
    cast.ci = lambda asked: {"state": next(states) if asked["repo"] == REPOS[0] else "passed"}
    cast.cicd = lambda asked: {"outcome": "rerun", "head": asked["head"]}

    assert run(stage)["status"] == "SUCCEEDED"
    assert [asked["head"] for asked in cast.asked("ci") if asked["repo"] == REPOS[0]] == ["0", "0"]
    assert len(cast.asked("cicd")) == 1


def test_a_head_that_moved_while_it_was_mended_is_watched_anew(stage: Stage, cast: Cast) -> None:
    cast.ci = lambda asked: {"state": "failed" if (asked["repo"], asked["head"]) == (REPOS[0], "0") else "passed"}
    cast.cicd = lambda _: {"outcome": "stale", "head": "moved"}

    assert run(stage)["status"] == "SUCCEEDED"
    assert [asked["head"] for asked in cast.asked("ci") if asked["repo"] == REPOS[0]] == ["0", "moved"]


@pytest.mark.parametrize("state", ["none", "skipped", "moved", "timed out", "something new"])
def test_what_is_neither_green_nor_red_is_for_a_person_and_never_for_the_agent(
    stage: Stage, cast: Cast, state: str
) -> None:
    cast.ci = lambda _: {"state": state}
    cast.status = "escalated"

    assert run(stage)["status"] == "FAILED"
    assert not cast.asked("cicd")
    assert len(cast.asked("finish")) == 1


def test_an_agent_that_escalates_is_not_asked_again(stage: Stage, cast: Cast) -> None:
    cast.ci = lambda _: {"state": "failed"}
    cast.cicd = lambda _: {"outcome": "escalated", "head": "0"}
    cast.status = "escalated"

    assert run(stage)["status"] == "FAILED"
    assert len(cast.asked("cicd")) == len(REPOS)


@pytest.mark.parametrize("step", ["discovery", "planning", "execution", "cicd"])
def test_a_permanent_error_leaves_by_the_one_exit_under_its_own_name(stage: Stage, cast: Cast, step: str) -> None:
    def give_up(_: Say) -> Say:
        raise FailedStep("NoResult")

    setattr(cast, step, give_up)
    cast.ci = lambda _: {"state": "failed"}

    assert run(stage)["status"] == "FAILED"
    assert len(cast.asked(step)) >= 1
    assert cast.asked("fail")[0]["error"] == {"Error": "NoResult", "Cause": "because"}


def test_a_transient_error_is_tried_again_as_the_next_attempt(stage: Stage, cast: Cast) -> None:
    tries = iter([FailedStep("VendorUnavailable"), FailedStep("RateLimited")])

    def at_last(_: Say) -> Say:
        if error := next(tries, None):
            raise error
        return {"complexity": "low"}

    cast.discovery = at_last

    assert run(stage)["status"] == "SUCCEEDED"
    assert [asked["retries"] for asked in cast.asked("discovery")] == [0, 1, 2]


def test_an_agent_that_died_is_missed_by_its_heartbeat_and_started_again(stage: Stage, cast: Cast) -> None:
    deaths = iter([Silence()])

    def dies_once(_: Say) -> Say:
        if death := next(deaths, None):
            raise death
        return {"complexity": "low"}

    cast.discovery = dies_once

    assert run(stage, HeartbeatSeconds=1)["status"] == "SUCCEEDED"
    assert [asked["retries"] for asked in cast.asked("discovery")] == [0, 1]


@pytest.mark.parametrize(("found", "status"), [("timed out", "FAILED"), ("passed", "SUCCEEDED")])
def test_ci_that_never_ends_is_closed_by_name_and_a_verdict_of_that_moment_wins(
    stage: Stage, cast: Cast, found: str, status: str
) -> None:
    def never(_: Say) -> Say:
        raise Silence

    cast.ci, cast.late = never, lambda _: {"state": found}
    cast.status = "succeeded" if found == "passed" else "escalated"

    assert run(stage, CiTimeoutSeconds=1)["status"] == status
    assert {asked["repo"] for asked in cast.asked("lapse_ci")} == set(REPOS)
    assert not cast.asked("cicd")
    assert len(cast.asked("finish")) == 1


@pytest.mark.parametrize(
    ("step", "first"),
    [("plan", "planning"), ("approve", "ask"), ("execute", "check"), ("watch", "ci")],
)
def test_a_resumed_task_starts_where_it_stopped(stage: Stage, cast: Cast, step: str, first: str) -> None:
    plan = {"revision": 1, "feedback": "", "digest": "d", "repositories": REPOS}
    changes = [{"repo": repo, "head": "0"} for repo in REPOS]

    ended = run(stage, given={"resume_from": step, "plan": plan, "changes": changes})

    assert ended["status"] == "SUCCEEDED"
    assert cast.told[0] == first
