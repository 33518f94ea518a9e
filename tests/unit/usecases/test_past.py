"""The past of stored indexes: asked for once a commit, a few at a time, and never worth a failed refresh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.change import FileChange
from ferry.domain.errors import FerryError, NotFound, RateLimited, VendorRefused, VendorUnavailable
from ferry.domain.retrieval.find import find
from ferry.domain.retrieval.index import HISTORY, Commit, Index
from ferry.ports import LoggedCommit
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.past import LATEST, MOST_PATHS, past
from ferry.usecases.indexing.refresh import Done, Library, refresh_named
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge

REPO = "acme/pricing"
FILES = {"src/tax.py": "RATE = 1\n", "src/money.py": "CENT = 1\n", "README.md": "# Pricing\n"}


class Counting(FakeForge):
    """Says what it was asked; `error` is raised when the commit `bad` is asked for."""

    def __init__(self) -> None:
        super().__init__({REPO: FILES})
        self.asked: list[str] = []
        self.listed = 0
        self.bad, self.error = "", FerryError("")

    def log(self, repo: str, sha: str) -> Iterator[LoggedCommit]:
        for commit in super().log(repo, sha):
            self.listed += 1
            yield commit

    def changed_paths(self, repo: str, sha: str) -> tuple[str, ...]:
        self.asked.append(sha)
        if sha == self.bad:
            raise self.error
        return super().changed_paths(repo, sha)

    def change(self, subject: str, *paths: str) -> str:
        number = len(self.repos[REPO].commits)
        changes = [FileChange(path, f"N = {number}\n".encode()) for path in paths]
        return self.commit(REPO, "main", parent=self.head(REPO, "main") or "", message=subject, changes=changes)


@pytest.fixture
def forge() -> Counting:
    return Counting()


def library(forge: Counting, backfill: int = 40) -> Library:
    return Library(forge, FakeArtifactStore(), FakeClock(), backfill=backfill)


def index_of(at: Library) -> Index:
    found = shelf.newest(REPO, at.artifacts)
    assert found
    return shelf.load(found, at.artifacts)


def subjects(at: Library) -> list[str]:
    return [commit.subject for commit in index_of(at).history]


def test_an_index_knows_what_its_last_commits_changed(forge: Counting) -> None:
    sha = forge.change("Round the tax of exports\n\nBecause.", "src/tax.py", "src/money.py")
    at = library(forge)

    assert refresh_named(REPO, at).done is Done.BUILT

    assert index_of(at).history[0] == Commit("Round the tax of exports", ("src/money.py", "src/tax.py"), sha)
    assert subjects(at) == ["Round the tax of exports"]
    hits = find("Tax of exports is rounded wrongly", "", [index_of(at)], 5)
    assert any("a commit of like words" in line for hit in hits for line in hit.evidence)


def test_a_push_asks_for_its_own_commits_alone(forge: Counting) -> None:
    at = library(forge)
    refresh_named(REPO, at)
    forge.asked.clear()
    pushed = [forge.change("One", "src/tax.py"), forge.change("Two", "src/tax.py")]

    refresh_named(REPO, at)

    assert sorted(forge.asked) == sorted(pushed)
    assert subjects(at) == ["Two", "One"]


def test_a_refresh_goes_on_where_the_one_before_stopped(forge: Counting) -> None:
    at = library(forge, backfill=2)
    for number in range(5):
        forge.change(f"Change {number}", "src/tax.py")
    refresh_named(REPO, at)
    assert subjects(at) == ["Change 4", "Change 3"]

    forge.change("Change 5", "src/tax.py")
    refresh_named(REPO, at)
    assert subjects(at) == ["Change 5", "Change 4", "Change 3", "Change 2"]

    assert len(forge.asked) == len(set(forge.asked)) == 4


def test_merges_and_the_first_commit_are_left_out(forge: Counting) -> None:
    base = forge.head(REPO, "main") or ""
    forge.create_branch(REPO, "topic", base)
    forge.commit(REPO, "topic", parent=base, message="Work", changes=[FileChange("src/new.py", b"x = 1\n")])
    main = forge.change("Meanwhile", "src/tax.py")
    forge.merge(REPO, "topic", main, message="Merge")
    forge.repos[REPO].branches["main"] = forge.head(REPO, "topic") or ""
    at = library(forge)

    refresh_named(REPO, at)

    assert sorted(subjects(at)) == ["Meanwhile", "Work"]


@pytest.mark.parametrize("error", [RateLimited("slow"), VendorUnavailable("502"), VendorRefused("no", 403)])
def test_a_forge_that_has_enough_of_it_leaves_an_index_with_the_past_it_told(
    forge: Counting, error: FerryError
) -> None:
    old = forge.change("Old", "src/tax.py")
    forge.change("New", "src/tax.py")
    forge.bad, forge.error = old, error
    at = library(forge)

    assert refresh_named(REPO, at).done is Done.BUILT

    assert subjects(at) == ["New"]
    forge.bad = ""
    forge.change("Newer", "src/tax.py")
    refresh_named(REPO, at)
    assert subjects(at) == ["Newer", "New", "Old"]


def test_a_commit_that_is_gone_costs_no_other(forge: Counting) -> None:
    forge.bad, forge.error = forge.change("Gone", "src/tax.py"), NotFound("gone")
    forge.change("New", "src/tax.py")
    at = library(forge)

    refresh_named(REPO, at)

    assert subjects(at) == ["New"]


def test_without_a_list_or_without_leave_to_ask_the_past_stays_as_it_was(forge: Counting) -> None:
    old = (Commit("Known", ("a",), "1"),)
    head = forge.head(REPO, "main") or ""

    assert past(REPO, "2" * 40, old, forge) == old
    assert past(REPO, head, old, forge, most=0) == old
    assert forge.asked == []


def test_a_whole_past_is_not_listed_again(forge: Counting) -> None:
    for number in range(HISTORY + 10):
        forge.change(f"Change {number}", "src/tax.py")
    head = forge.head(REPO, "main") or ""
    whole = past(REPO, head, (), forge, most=HISTORY)
    assert len(whole) == HISTORY
    forge.asked.clear()
    forge.listed = 0
    new = forge.change("New", "src/tax.py")

    later = past(REPO, new, whole, forge)

    assert [commit.sha for commit in later] == [new, *(commit.sha for commit in whole[:-1])]
    assert (forge.asked, forge.listed) == ([new], LATEST)


def test_a_commit_of_very_many_files_is_known_as_wide_and_kept_small(forge: Counting) -> None:
    sha = forge.change("Format", *(f"src/f{number}.py" for number in range(MOST_PATHS + 50)))

    assert len(past(REPO, sha, (), forge)[0].files) == MOST_PATHS


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_any_run_of_refreshes_asks_for_no_commit_twice(budgets: list[int]) -> None:
    forge = Counting()
    at = library(forge)
    for number, budget in enumerate(budgets):
        forge.change(f"Change {number}", "src/tax.py")
        forge.change(f"More {number}", "src/money.py")
        refresh_named(REPO, replace(at, backfill=budget))

    assert len(forge.asked) == len(set(forge.asked)) <= sum(budgets)
