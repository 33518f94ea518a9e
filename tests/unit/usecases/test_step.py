"""A step answers exactly once, beats while it works, and reports every way of dying."""

from __future__ import annotations

import json
import time

import pytest

from ferry.domain.errors import NoResult, RateLimited, VendorUnavailable
from ferry.usecases.step import PAUSES, answer
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FakeEngine


def test_the_result_goes_to_whoever_waits() -> None:
    engine = FakeEngine("token")

    answer("token", lambda: {"n": 1}, engine=engine, clock=FakeClock(), heartbeat_seconds=60)

    assert engine.answers == {"token": {"n": 1}}


def test_an_error_is_reported_by_name_and_flies_on() -> None:
    engine = FakeEngine("token")

    def work() -> dict[str, object]:
        raise NoResult("the model never submitted")

    with pytest.raises(NoResult):
        answer("token", work, engine=engine, clock=FakeClock(), heartbeat_seconds=60)
    name, cause = engine.answers["token"]
    assert name == "NoResult"
    assert json.loads(cause) == {"errorType": "NoResult", "errorMessage": "the model never submitted"}


def test_it_beats_while_the_work_lasts() -> None:
    engine = FakeEngine("token")

    def work() -> dict[str, object]:
        deadline = time.monotonic() + 5
        while engine.beats < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
        return {}

    answer("token", work, engine=engine, clock=FakeClock(), heartbeat_seconds=0.03)

    assert engine.beats >= 3


def test_a_lost_beat_does_no_harm() -> None:
    class Shaky(FakeEngine):
        def heartbeat(self, token: str) -> bool:
            super().heartbeat(token)
            raise VendorUnavailable("no answer")

    engine = Shaky("token")

    def work() -> dict[str, object]:
        deadline = time.monotonic() + 5
        while engine.beats < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        return {"done": True}

    answer("token", work, engine=engine, clock=FakeClock(), heartbeat_seconds=0.03)

    assert engine.beats >= 2
    assert engine.answers == {"token": {"done": True}}


class Throttled(FakeEngine):
    """Takes an answer only after `refusals` tries."""

    def __init__(self, refusals: int) -> None:
        super().__init__("token")
        self.refusals = refusals

    def _answer(self, token: str, answer: object) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise RateLimited("AWS throttles us")
        return super()._answer(token, answer)


def test_a_result_that_the_engine_did_not_take_is_told_again_and_never_worked_for_twice() -> None:
    engine, clock, worked = Throttled(3), FakeClock(), []

    def work() -> dict[str, object]:
        worked.append(1)
        return {"n": 1}

    answer("token", work, engine=engine, clock=clock, heartbeat_seconds=60)

    assert engine.answers == {"token": {"n": 1}}
    assert len(worked) == 1
    assert tuple(clock.slept) == PAUSES[:3]


def test_an_error_that_the_engine_did_not_take_is_told_again() -> None:
    engine = Throttled(2)

    def work() -> dict[str, object]:
        raise NoResult("the model never submitted")

    with pytest.raises(NoResult):
        answer("token", work, engine=engine, clock=FakeClock(), heartbeat_seconds=60)

    assert engine.answers["token"][0] == "NoResult"


def test_an_engine_that_stays_away_is_not_waited_for_without_end() -> None:
    clock = FakeClock()

    with pytest.raises(RateLimited):
        answer("token", dict, engine=Throttled(100), clock=clock, heartbeat_seconds=60)

    assert tuple(clock.slept) == PAUSES
