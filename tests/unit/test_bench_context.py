from __future__ import annotations

from dataclasses import replace

import pytest

from bench.context.__main__ import MARK, TEN
from bench.context.play import forty_turns
from bench.context.step import Measured, Variant, measured
from ferry.adapters.sandboxes import choose_sandbox
from ferry.domain.context import Context
from ferry.domain.ledger import SUMMARY


def play(variant: Variant) -> Measured:
    return measured(variant, {}, choose_sandbox("subprocess"))


@pytest.fixture(scope="module")
def cold() -> Measured:
    return play(TEN["with them, cold"])


def test_ten_turns_read_most_of_their_input_from_the_cache(cold: Measured) -> None:
    assert cold.share >= MARK
    assert [entry.usage.cache_read for entry in cold.entries][0] == 0


def test_a_second_attempt_begins_with_what_the_first_one_left_in_the_cache(cold: Measured) -> None:
    again = play(TEN["a second attempt right after"])

    first = again.entries[0].usage
    assert first.cache_read > first.asked / 2
    assert again.share > cold.share


def test_a_pause_longer_than_the_cache_is_kept_is_paid_for_and_an_hour_bridges_it(cold: Measured) -> None:
    paused, hour = play(TEN["a pause of 400 s before turn 5, 5m"]), play(TEN["the same pause, 1h"])

    assert paused.entries[4].usage.cache_read == 0
    assert hour.entries[4].usage.cache_read > 0
    assert hour.written == pytest.approx(cold.written, rel=0.01)


def test_a_shortened_step_hands_in_the_same_on_a_strict_server() -> None:
    """Thoughts of Claude 5.5 are bound to what was left out; the stand-in refuses them behind anything else."""
    turns = forty_turns()
    short = [turns[0], *turns[16:19], *turns[-4:]]
    whole = play(Variant(short))

    left = play(replace(Variant(short), context=Context(tokens=int(whole.longest * 0.8), model_tokens=10**6)))

    assert left.summary == whole.summary
    assert [entry.purpose for entry in left.entries].count(SUMMARY) == 1
    assert left.longest < whole.longest
    asked = next(entry for entry in left.entries if entry.purpose)
    assert asked.usage.cache_read > 0.6 * asked.usage.asked
    assert asked.usage.cache_write == 0
