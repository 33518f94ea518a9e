"""The weights of discovery come out of the tickets: on small made sets whose answer is known."""

from __future__ import annotations

import random

import pytest

from bench.discovery import logistic, softmax
from bench.discovery.calibration import Told, left_out
from bench.discovery.fit import written
from bench.discovery.halves import halves
from bench.discovery.softmax import Case


def _cases(count: int = 60, seed: int = 7) -> list[Case]:
    """`telling` is high for the right one most of the time, `noise` for anyone, `against` for the wrong ones."""
    dice, cases = random.Random(seed), []
    for _ in range(count):
        right = dice.randrange(8)
        columns = {name: [dice.random() for _ in range(8)] for name in ("telling", "noise", "against")}
        columns["telling"][right] = min(1.0, columns["telling"][right] + 0.6 * (dice.random() < 0.8))
        columns["against"][right] *= 0.2
        cases.append(Case(columns, [right]))
    return cases


def test_a_telling_signal_gets_the_weight_and_one_that_speaks_against_gets_none() -> None:
    weights = softmax.fit(_cases(), ["telling", "noise", "against"])

    assert weights["telling"] > 2 * weights["noise"]
    assert weights["against"] == 0.0


def test_no_weight_near_the_fitted_ones_is_better() -> None:
    cases, names = _cases(), ["telling", "noise"]
    best = softmax.fit(cases, names, shrink=0.0)

    for name in names:
        for step in (-0.1, 0.1):
            near = best | {name: max(0.0, best[name] + step)}
            assert softmax.loss(cases, near) >= softmax.loss(cases, best) - 1e-6


def test_weights_of_one_half_order_the_other_better_than_chance() -> None:
    weights = softmax.fit(_cases(seed=1), ["telling", "noise"])

    others = _cases(seed=2)
    first = sum(softmax.order(case, weights)[0] in case.right for case in others)

    assert first > len(others) / 4


def test_the_more_it_is_shrunk_the_smaller_a_weight_is() -> None:
    loose, tight = (softmax.fit(_cases(), ["telling"], shrink)["telling"] for shrink in (0.1, 30.0))

    assert 0 < tight < loose


def test_probabilities_follow_what_was_so() -> None:
    rows = [{"height": value / 100} for value in range(100)]
    weights = logistic.fit(rows, [value >= 60 for value in range(100)])

    assert logistic.probability(weights, {"height": 0.95}) > 0.9
    assert logistic.probability(weights, {"height": 0.1}) < 0.1


def test_what_is_always_off_by_a_fifth_has_an_error_of_a_fifth() -> None:
    found = logistic.bins([0.75] * 20, [True] * 11 + [False] * 9)

    assert logistic.error(found) == pytest.approx(0.2)


def test_a_repository_is_told_by_the_others_alone() -> None:
    like = [Told("acme/shop", {"height": 1.0}, True)] * 30 + [Told("acme/odd", {"height": 1.0}, False)] * 30

    said = left_out(like)

    assert min(said[30:]) > 0.9
    assert max(said[:30]) < 0.1


def test_the_halves_share_no_repository_and_are_alike_in_size() -> None:
    tickets = [
        {"repo": f"acme/{name}"} for name, times in zip("abcdefgh", range(8, 0, -1), strict=True) for _ in range(times)
    ]
    half = halves(tickets)

    sizes = [sum(half[ticket["repo"]] == each for ticket in tickets) for each in sorted(set(half.values()))]

    assert abs(sizes[0] - sizes[1]) <= 2


def test_the_written_weights_are_read_back_as_they_were_fitted() -> None:
    text = written({"text": 1.234}, {"share": 2.0}, {"constant": -1.0, "gap": 0.5}, {"constant": 0.1, "top": 1.0})
    read: dict[str, object] = {}
    exec(text, read)  # noqa: S102

    assert (read["FILES"], read["RIGHT"]) == ({"text": 1.23}, {"constant": -1.0, "gap": 0.5})
