"""The order of a change set: who is needed comes first, and a circle gives way where it is weakest, and says so."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.discovery import Dependency, DependencyKind
from ferry.domain.plan import merge_order, settled

LIB, API, EVENT = DependencyKind.SHARED_LIB, DependencyKind.API, DependencyKind.EVENT
NAMES = st.sampled_from("abcdef")
EDGES = st.lists(st.tuples(NAMES, NAMES, st.sampled_from(list(DependencyKind))), max_size=20)


def edge(from_: str, to: str, kind: DependencyKind = LIB) -> Dependency:
    return Dependency(from_=from_, to=to, kind=kind, description=f"{from_} needs {to}")


def test_a_provider_is_merged_before_its_consumer() -> None:
    needs = [edge("web", "api", API), edge("api", "lib"), edge("mail", "web", EVENT), edge("web", "elsewhere")]

    assert settled(["mail", "web", "api", "lib"], needs) == (("lib", "api", "web", "mail"), ())


def test_of_a_circle_the_weakest_gives_way_and_is_said() -> None:
    weak = edge("pricing", "checkout", EVENT)

    assert settled(["checkout", "pricing"], [weak, edge("checkout", "pricing", API)]) == (
        ("pricing", "checkout"),
        (weak,),
    )


def test_a_circle_of_libraries_is_broken_by_name_and_said() -> None:
    circle = [edge("a", "b"), edge("b", "c"), edge("c", "a")]

    assert settled(["a", "b", "c"], circle) == (("c", "b", "a"), (circle[2],))


@settings(max_examples=100, deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_every_edge_is_kept_or_said_and_the_order_depends_on_nothing_else(
    rows: list[tuple[str, str, DependencyKind]], chance: random.Random
) -> None:
    edges = [edge(*row) for row in dict.fromkeys(rows)]
    order, against = settled("abcdef", edges)

    assert sorted(order) == list("abcdef")
    for one in edges:
        if one.from_ != one.to:
            assert (order.index(one.to) < order.index(one.from_)) is (one not in against)
    assert all(any(other.from_ == one.to for other in edges) for one in against)
    shuffled = list(edges)
    chance.shuffle(shuffled)
    assert settled("abcdef", shuffled) == (order, against)
    assert merge_order("abcdef", edges) == order


@settings(max_examples=100, deadline=None)
@given(EDGES)
def test_without_a_circle_nothing_is_gone_against(rows: list[tuple[str, str, DependencyKind]]) -> None:
    forward = [edge(max(one, other), min(one, other), kind) for one, other, kind in rows]

    assert settled("abcdef", forward)[1] == ()
