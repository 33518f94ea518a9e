"""The two promises of the guard: an order is of the same files, and no plan reaches where nobody pointed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.discovery import Discovery, FileKind, Level, RankedFile, RankedRepository
from ferry.domain.errors import PlanUnsound
from ferry.domain.guidance import ADDED, CHOSEN, Word, check_scope, guided
from ferry.domain.plan import check_plan
from ferry.domain.rerank import MOST, disputed, is_permutation, reordered, top_files
from ferry.domain.retrieval.complexity import complexity
from tests.unit.usecases.conftest import plan

NAMES = [f"acme/r{number}" for number in range(6)]


def repository(name: str, relevance: float, paths: int = 0) -> RankedRepository:
    files = [
        RankedFile(path=f"src/{n}.py", kind=FileKind.SOURCE, relevance=round(relevance * (1 - n / 20), 2))
        for n in range(paths)
    ]
    return RankedRepository(name=name, relevance=relevance, reason="r", evidence=("e",), files=tuple(files))


@st.composite
def discoveries(draw: st.DrawFn) -> Discovery:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    worth = sorted((draw(st.floats(0, 1)) for _ in names), reverse=True)
    ranked = [
        repository(name, round(value, 2), draw(st.integers(1, 10))) for name, value in zip(names, worth, strict=True)
    ]
    return Discovery(
        repositories=tuple(ranked), complexity=Level.LOW, approach="a", confidence=round(draw(st.floats(0, 1)), 2)
    )


WORDS = st.lists(
    st.builds(Word, st.sampled_from([CHOSEN, ADDED]), st.sampled_from([*NAMES, "acme/new"]), st.just("slack:U1")),
    max_size=4,
)


def all_files(found: Discovery) -> list[tuple[str, str]]:
    return sorted((repo.name, file.path) for repo in found.repositories for file in repo.files)


@given(found=discoveries(), data=st.data())
def test_an_order_of_the_same_files_loses_none_and_invents_none(found: Discovery, data: st.DataObject) -> None:
    places = top_files(found)
    order = data.draw(st.permutations(range(1, len(places) + 1)))
    changed = data.draw(st.integers(0, 30))

    after = reordered(found, places, order, changed)

    assert all_files(after) == all_files(found)
    assert sorted(repo.name for repo in after.repositories) == sorted(repo.name for repo in found.repositories)
    first = places[order[0] - 1]
    assert (after.repositories[0].name, after.repositories[0].files[0].path) == (first.repo, first.file.path)
    for repo in after.repositories:
        assert [file.relevance for file in repo.files] == sorted((f.relevance for f in repo.files), reverse=True)
    assert after.confidence <= found.confidence


@given(found=discoveries())
def test_the_order_as_it_is_changes_nothing(found: Discovery) -> None:
    places = top_files(found)

    after = reordered(found, places, range(1, len(places) + 1), 1)

    assert (after.repositories[0].name, after.confidence) == (found.repositories[0].name, found.confidence)
    if all(repo.files for repo in found.repositories) and len({place.repo for place in places}) == len(
        found.repositories
    ):
        assert after.repositories == found.repositories


@given(order=st.lists(st.integers(-1, MOST + 2), max_size=MOST + 2), found=discoveries())
def test_whatever_is_no_permutation_is_refused(order: list[int], found: Discovery) -> None:
    places = top_files(found)
    if is_permutation(order, len(places)):
        assert sorted(order) == list(range(1, len(places) + 1))
    else:
        with pytest.raises(ValueError, match="no permutation"):
            reordered(found, places, order, 1)


@given(found=discoveries(), said=WORDS, wanted=st.sets(st.sampled_from([*NAMES, "acme/new", "acme/ghost"]), min_size=1))
def test_no_repository_gets_through_that_was_neither_ranked_nor_named(
    found: Discovery, said: list[Word], wanted: set[str]
) -> None:
    pointed_at = {repo.name for repo in found.repositories} | {word.repo for word in said}
    tasks = tuple(
        plan().tasks[0].model_copy(update={"id": f"T{number}", "repo": repo})
        for number, repo in enumerate(sorted(wanted))
    )
    proposed = plan().model_copy(update={"tasks": tasks})

    allowed = [repo.name for repo in guided(found, said).repositories]

    assert set(allowed) == pointed_at
    assert len(allowed) == len(set(allowed))
    if wanted <= pointed_at:
        check_scope(wanted, found, said)
        check_plan(proposed, allowed)
    else:
        with pytest.raises(PlanUnsound):
            check_scope(wanted, found, said)
        with pytest.raises(PlanUnsound):
            check_plan(proposed, allowed)


@given(found=discoveries(), said=WORDS)
def test_what_people_said_may_be_applied_again(found: Discovery, said: list[Word]) -> None:
    once = guided(found, said)

    assert guided(once, said).repositories == once.repositories
    if said and said[-1].kind == CHOSEN:
        assert once.repositories[0].name == said[-1].repo
        assert once.confidence == 1.0


@given(st.floats(0, 1))
def test_a_dispute_is_never_surer_than_a_coin(confidence: float) -> None:
    assert 0 <= disputed(confidence) <= 0.5


@pytest.mark.parametrize(
    ("repositories", "files", "level"),
    [
        (1, 1, Level.LOW),
        (1, 4, Level.LOW),
        (1, 5, Level.MEDIUM),
        (1, 15, Level.MEDIUM),
        (1, 16, Level.HIGH),
        (2, 2, Level.MEDIUM),
        (2, 15, Level.MEDIUM),
        (2, 16, Level.HIGH),
        (3, 3, Level.HIGH),
    ],
)
def test_complexity_is_judged_by_rule(repositories: int, files: int, level: Level) -> None:
    assert complexity(repositories, files) is level
