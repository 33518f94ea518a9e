"""The index job over an organisation, the push that asks for one repository, and the sweep's mend."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ferry.domain.change import FileChange
from ferry.domain.delivery import Delivery, Outcome, Source
from ferry.domain.errors import NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.scope import Scope
from ferry.usecases.admit import admit
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.organisation import LONGEST_WAIT, MOST_WAITS, Summary, index_organisation
from ferry.usecases.indexing.refresh import Done, library_of
from ferry.usecases.mend_indexes import MOST, refresh_indexes
from tests.fakes.forge import FakeForge
from tests.fakes.progress import FakeProgress
from tests.unit.usecases.conftest import AT, FakeWorld
from tests.unit.usecases.test_incident import RULES

NAMES = ["acme/a", "acme/b", "acme/c"]


class Limited(FakeForge):
    """The head of `slow` raises each of `errors` once, and then is told."""

    def __init__(self, *errors: BaseException, slow: str = "acme/b") -> None:
        super().__init__({name: {"a.py": f"# {name}\n"} for name in NAMES})
        self.errors, self.slow = list(errors), slow

    def head(self, repo: str, branch: str) -> str | None:
        if repo == self.slow and self.errors:
            raise self.errors.pop(0)
        return super().head(repo, branch)


def of(forge: FakeForge, **more: Any) -> FakeWorld:
    return FakeWorld(forge=forge, **more)


def run(world: FakeWorld, **given: Any) -> tuple[Summary, FakeProgress]:
    progress = FakeProgress()
    return index_organisation(library_of(world), progress, **given), progress


def done(summary: Summary) -> dict[str, Done]:
    return {row.repo: row.done for row in summary.rows}


def indexed(world: FakeWorld) -> list[str]:
    return sorted(shelf.stored(world.artifacts))


def test_every_repository_gets_a_line_and_an_index_and_a_second_run_finds_nothing_to_do() -> None:
    world = of(Limited())

    first, progress = run(world)
    second, _ = run(world)

    assert done(first) == dict.fromkeys(NAMES, Done.BUILT)
    assert progress.rows == list(first.rows)
    assert done(second) == dict.fromkeys(NAMES, Done.FRESH)
    assert indexed(world) == NAMES
    assert first.well
    assert second.well


def test_a_limit_is_waited_for_and_told_and_nothing_is_left_out() -> None:
    world = of(Limited(RateLimited("slow down", 30), RateLimited("slow down")))

    summary, progress = run(world)

    assert done(summary) == dict.fromkeys(NAMES, Done.BUILT)
    assert progress.waited == world.clock.slept == [31, 60]


@pytest.mark.parametrize(
    "errors",
    [
        [RateLimited("come back tomorrow", LONGEST_WAIT)],
        [RateLimited("slow down", 1)] * (MOST_WAITS + 1),
        [KeyboardInterrupt()],
    ],
)
def test_a_job_that_is_stopped_says_so_and_the_next_goes_on_where_it_was(errors: list[BaseException]) -> None:
    world = of(Limited(*errors))

    first, _ = run(world)
    second, _ = run(world)

    assert (done(first), first.well) == ({"acme/a": Done.BUILT}, False)
    assert first.stopped
    assert done(second) == {"acme/a": Done.FRESH, "acme/b": Done.BUILT, "acme/c": Done.BUILT}


@pytest.mark.parametrize("error", [VendorUnavailable("502"), VendorRefused("403", 403), NotFound("vanished")])
def test_one_that_cannot_be_read_keeps_its_index_and_the_others_go_on(error: Exception) -> None:
    forge = Limited()
    world = of(forge)
    run(world)
    for name in NAMES:
        forge.push(name, "main", "ada", FileChange("b.py", b"B = 1\n"))
    forge.errors = [error]

    summary, _ = run(world)

    assert done(summary) == {"acme/a": Done.UPDATED, "acme/b": Done.FAILED, "acme/c": Done.UPDATED}
    assert summary.rows[1].detail == str(error)
    assert not summary.well
    assert indexed(world) == NAMES


def test_gone_renamed_archived_and_ignored_repositories_lose_their_index() -> None:
    forge = FakeForge({f"acme/{name}": {"a.py": name} for name in ("gone", "old", "archived", "ignored", "kept")})
    world = of(forge)
    run(world)
    del forge.repos["acme/gone"]
    forge.rename("acme/old", "acme/new")
    forge.repos["acme/archived"].archived = True
    world.scope = Scope(ignored=("ignored",))

    summary, _ = run(world)

    assert done(summary) == {
        "acme/archived": Done.LEFT_OUT,
        "acme/ignored": Done.LEFT_OUT,
        "acme/kept": Done.FRESH,
        "acme/new": Done.BUILT,
        "acme/gone": Done.GONE,
        "acme/old": Done.GONE,
    }
    assert indexed(world) == ["acme/kept", "acme/new"]


def test_another_owners_indexes_are_not_touched_by_a_job_for_one() -> None:
    forge = FakeForge({"acme/a": {"a.py": ""}, "other/b": {"b.py": ""}})
    world = of(forge)
    run(world)
    del forge.repos["other/b"]

    assert list(done(run(world, org="acme")[0])) == ["acme/a"]
    assert indexed(world) == ["acme/a", "other/b"]


def test_an_organisation_without_a_repository_is_no_error_and_removes_nothing() -> None:
    world = of(Limited())
    run(world)
    world.forge = FakeForge({})

    summary, _ = run(world)

    assert (summary.rows, summary.well) == ((), True)
    assert indexed(world) == NAMES


def test_named_repositories_alone_are_indexed_and_a_name_nobody_has_is_refused() -> None:
    world = of(Limited())

    assert done(run(world, names=["B", "acme/c", "acme/ghost"])[0]) == {
        "acme/b": Done.BUILT,
        "acme/c": Done.BUILT,
        "acme/ghost": Done.GONE,
    }
    with pytest.raises(NotFound, match="owner/name"):
        run(world, names=["ghost"])


def push(ref: str = "refs/heads/main", **more: Any) -> Delivery:
    body = {"ref": ref, "after": "a" * 40, "repository": {"full_name": "acme/a", "default_branch": "main"}, **more}
    return Delivery(Source.GITHUB, f"push-{ref}-{len(more)}", "push", json.dumps(body), AT)


def test_a_push_to_the_default_branch_has_its_repository_indexed_once() -> None:
    world = of(Limited())

    receipts = [admit(push(), world, RULES) for _ in range(2)]

    assert world.indexer.asked == ["acme/a"]
    assert [receipt.outcome for receipt in receipts] == [Outcome.STARTED] * 2
    assert receipts[0].reason == "acme/a: main is at aaaaaaa now; its index is being refreshed"


@pytest.mark.parametrize(
    "other",
    [
        push("refs/heads/topic"),
        push("refs/tags/main"),
        push(deleted=True, after="0" * 40),
        push(repository={"full_name": "acme/a"}),
        push(repository=None),
    ],
)
def test_another_push_indexes_nothing_and_says_why(other: Delivery) -> None:
    world = of(Limited())

    receipt = admit(other, world, RULES)

    assert (receipt.outcome, world.indexer.asked) == (Outcome.IGNORED, [])
    assert len(receipt.reason) > 10


def test_the_sweep_asks_for_what_lags_once_an_hour() -> None:
    forge = Limited()
    world = of(forge)
    run(world)
    forge.push("acme/b", "main", "ada", FileChange("b.py", b"B = 1\n"))

    assert [refresh_indexes(world), refresh_indexes(world)] == [1, 0]
    world.clock.advance(3600)
    assert refresh_indexes(world) == 1
    assert world.indexer.asked == ["acme/b", "acme/b"]


def test_the_sweep_asks_for_a_bounded_number_and_for_the_rest_later() -> None:
    world = of(FakeForge({f"acme/{number:02}": {"a.py": ""} for number in range(MOST + 5)}))

    assert [refresh_indexes(world), refresh_indexes(world), refresh_indexes(world)] == [MOST, 5, 0]
    assert len(set(world.indexer.asked)) == MOST + 5


def test_the_sweep_removes_what_is_gone_and_has_what_is_ignored_now_looked_at() -> None:
    forge = Limited()
    world = of(forge)
    run(world)
    del forge.repos["acme/a"]
    world.scope = Scope(ignored=("b",))

    assert refresh_indexes(world) == 2
    assert indexed(world) == ["acme/b", "acme/c"]
    assert world.indexer.asked == ["acme/b"]
