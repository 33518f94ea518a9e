"""A small storm over the whole intake; `make storm` is the large one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.storm.__main__ import lines
from bench.storm.run import storm
from bench.storm.schedule import schedule

pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(600)]


def test_in_a_storm_every_trigger_has_one_effect_and_every_delivery_a_receipt(tmp_path: Path) -> None:
    plan = schedule(3, deliveries=60, triggers=8)

    weathered = storm(tmp_path, plan, 3)

    assert weathered.stood, "\n".join(lines(weathered))
    assert weathered.kills
    assert sum(weathered.throttled.values())


def test_the_same_seed_is_the_same_storm() -> None:
    assert schedule(1, deliveries=200, triggers=20) == schedule(1, deliveries=200, triggers=20)
    assert schedule(1, deliveries=200, triggers=20) != schedule(2, deliveries=200, triggers=20)


def test_each_trigger_is_told_several_times_and_some_ids_are_sent_again() -> None:
    plan = schedule(1, deliveries=200, triggers=20)

    assert len(plan.sendings) == 200
    for trigger in plan.triggers:
        told = [sending.id for sending in plan.sendings if sending.trigger == trigger]
        assert len(told) > 1
        assert len(set(told)) < len(told)
