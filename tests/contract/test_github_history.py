"""The contract of `Forge` on comparing and merging: GitHub's adapter against the stand-in, and the fake, alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ferry.domain.change import FileChange
from ferry.domain.errors import NotFound, RateLimited
from ferry.ports import ChangedFile, Comparison, Forge, LoggedCommit
from tests.contract.github_peer import CI, FILES, NAME, Peer, forge_of, git, peer, until
from tests.contract.github_play import Play
from tests.fakes.forge import FakeForge

PRICE = FileChange("src/price.py", b"PRICE = 2\n")
RAISED = ChangedFile("src/price.py", "@@ -1 +1 @@\n-PRICE = 1\n+PRICE = 2")
LOGO = FileChange("logo.bin", b"\x00\xff\xfe")
LONG = "".join(f"line {number}\n" for number in range(1, 10))


@dataclass
class World:
    """A forge with one repository; ada: her commit on a branch, its SHA."""

    forge: Forge
    ada: Callable[..., str]
    folder: Path

    def head(self, branch: str = "main") -> str:
        found = self.forge.head(NAME, branch)
        assert found
        return found

    def branch(self, name: str, *changes: FileChange) -> str:
        """Off main, with a commit of Ferry's where there are changes."""
        main = self.head()
        self.forge.create_branch(NAME, name, main)
        if not changes:
            return main
        return self.forge.commit(NAME, name, parent=main, message="Change", changes=changes)

    def files(self, sha: str) -> dict[str, bytes]:
        folder = self.folder / sha
        folder.mkdir()
        self.forge.download(NAME, sha, folder)
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(params=["github", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    files = {**FILES, ".github/workflows/ci.yml": CI, "long.txt": LONG}
    if request.param == "fake":
        fake = FakeForge({NAME: files})
        yield World(fake, lambda branch, *changes: fake.push(NAME, branch, "ada", *changes), tmp_path)
        return
    with peer(tmp_path, people="ada=ada-token") as at:
        forge, ada = forge_of(at), forge_of(at, token="ada-token")

        def push(branch: str, *changes: FileChange) -> str:
            parent = ada.head(NAME, branch) or ""
            return ada.commit(NAME, branch, parent=parent, message="Change of ada", changes=changes)

        push("main", FileChange("long.txt", LONG.encode()))
        yield World(forge, push, tmp_path)


def test_a_moved_base_is_compared_with_its_files_authors_and_patches(world: World) -> None:
    before = world.head()
    world.ada("main", PRICE)
    world.ada("main", LOGO, FileChange("README.md", None))
    after = world.forge.commit(
        NAME, "main", parent=world.head(), message="Mine", changes=[FileChange("new.txt", b"a\nb")]
    )

    assert world.forge.compare(NAME, before, after) == Comparison(
        commits=3,
        authors=("ada", "ferry[bot]"),
        files=(
            ChangedFile("README.md", "@@ -1 +0,0 @@\n-# Pricing"),
            ChangedFile("logo.bin"),
            ChangedFile("new.txt", "@@ -0,0 +1,2 @@\n+a\n+b\n\\ No newline at end of file"),
            RAISED,
        ),
    )


def test_what_the_other_side_did_meanwhile_is_not_part_of_a_comparison(world: World) -> None:
    branch = world.branch("ferry/one", FileChange("check.sh", b"echo fine\n"))
    main = world.ada("main", PRICE)

    assert world.forge.compare(NAME, branch, main) == Comparison(1, ("ada",), (RAISED,))


def test_the_same_commit_twice_brought_nothing(world: World) -> None:
    assert world.forge.compare(NAME, world.head(), world.head()) == Comparison(0, (), ())


def test_a_rename_names_the_previous_path(world: World) -> None:
    before = world.head()
    moved = FileChange("docs/long.txt", LONG.replace("line 5\n", "line five\n").encode())
    after = world.ada("main", FileChange("long.txt", None), moved)

    (file,) = world.forge.compare(NAME, before, after).files

    assert (file.path, file.previous) == ("docs/long.txt", "long.txt")
    assert "-line 5\n+line five\n" in file.patch


def test_an_unknown_commit_cannot_be_compared(world: World) -> None:
    with pytest.raises(NotFound):
        world.forge.compare(NAME, world.head(), "2" * 40)
    with pytest.raises(NotFound):
        world.forge.compare(NAME, "2" * 40, world.head())


def test_a_merge_brings_both_sides_files_also_where_both_changed_one(world: World) -> None:
    mine = FileChange("long.txt", LONG.replace("line 2\n", "line two\n").encode())
    theirs = FileChange("long.txt", LONG.replace("line 8\n", "line eight\n").encode())
    world.branch("ferry/one", mine, FileChange("run.sh", b"true\n", executable=True))
    main = world.ada("main", theirs, PRICE, FileChange("README.md", None))

    merged = world.forge.merge(NAME, "ferry/one", main, message="Bring in main")

    assert merged == world.head("ferry/one")
    files = world.files(merged)
    assert set(files) == {"long.txt", "run.sh", "src/price.py", "check.sh", ".github/workflows/ci.yml"}
    assert files["long.txt"] == LONG.replace("line 2\n", "line two\n").replace("line 8\n", "line eight\n").encode()
    assert files["src/price.py"] == PRICE.content
    assert world.head() == main


def test_a_merge_is_a_commit_of_both_so_that_only_the_branchs_own_work_differs_from_the_base(world: World) -> None:
    world.branch("ferry/one", PRICE)
    main = world.ada("main", LOGO)
    merged = world.forge.merge(NAME, "ferry/one", main, message="Bring in main")
    assert merged

    assert world.forge.compare(NAME, main, merged) == Comparison(2, ("ferry[bot]",), (RAISED,))


def test_a_branch_without_work_of_its_own_is_merged_by_a_commit_too(world: World) -> None:
    world.branch("ferry/one")
    main = world.ada("main", PRICE)

    merged = world.forge.merge(NAME, "ferry/one", main, message="Bring in main")

    assert merged not in (None, main)
    assert world.files(world.head("ferry/one"))["src/price.py"] == PRICE.content


def test_merging_what_is_in_already_returns_the_old_head(world: World) -> None:
    start = world.head()
    branch = world.branch("ferry/one", PRICE)
    assert world.forge.merge(NAME, "ferry/one", start, message="Nothing new") == branch

    merged = world.forge.merge(NAME, "ferry/one", world.ada("main", LOGO), message="Bring in main")

    assert world.forge.merge(NAME, "ferry/one", world.head(), message="Again") == merged
    assert world.head("ferry/one") == merged


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (PRICE, FileChange("src/price.py", b"PRICE = 3\n")),
        (PRICE, FileChange("src/price.py", None)),
        (FileChange("new.txt", b"one\n"), FileChange("new.txt", b"other\n")),
        (
            FileChange("long.txt", LONG.replace("line 4\n", "4\n").encode()),
            FileChange("long.txt", LONG.replace("line 5\n", "5\n").encode()),
        ),
    ],
    ids=["same line", "changed and deleted", "added twice", "lines that touch"],
)
def test_a_conflict_says_none_and_changes_nothing(world: World, mine: FileChange, theirs: FileChange) -> None:
    branch = world.branch("ferry/one", mine)
    main = world.ada("main", theirs)

    assert world.forge.merge(NAME, "ferry/one", main, message="Bring in main") is None

    assert (world.head("ferry/one"), world.head()) == (branch, main)


def test_a_missing_branch_or_commit_is_not_found_by_a_merge(world: World) -> None:
    with pytest.raises(NotFound):
        world.forge.merge(NAME, "ferry/gone", world.head(), message="Bring in main")
    branch = world.branch("ferry/one", PRICE)
    with pytest.raises(NotFound):
        world.forge.merge(NAME, "ferry/one", "2" * 40, message="Bring in main")
    assert world.head("ferry/one") == branch


def test_the_pull_request_follows_a_merge_into_its_branch(world: World) -> None:
    world.branch("ferry/one", PRICE)
    number = world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="").number

    merged = world.forge.merge(NAME, "ferry/one", world.ada("main", LOGO), message="Bring in main")

    assert world.forge.pull_request(NAME, number).head == merged


def test_a_merge_is_pushed_in_the_apps_name_and_tested_as_any_commit(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        play = Play(at)
        play.commit(src="PRICE\n")
        play.open()
        main = play.forge.head(NAME, "main") or ""
        main = play.forge.commit(NAME, "main", parent=main, message="On", changes=[LOGO])

        merged = play.forge.merge(NAME, "ferry/one", main, message="Bring in main")

        assert merged
        found = play.get(f"/git/commits/{merged}")
        assert [parent["sha"] for parent in found["parents"]] == [play.head, main]
        assert (found["author"]["name"], found["message"]) == ("ferry[bot]", "Bring in main")
        assert play.finished(merged)["conclusion"] == "success"
        until(lambda: merged in _pushed(at) and "pull_request.synchronize" in at.receiver.kinds())


def _pushed(at: Peer) -> list[str]:
    return [event.body["after"] for event in at.receiver.events if event.name == "push"]


def test_authors_are_read_beyond_the_first_page_of_commits(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        forge, bare = forge_of(at), at.folder / "state/repos/pricing.git"
        before = forge.head(NAME, "main") or ""
        after = before
        for number in range(101):
            after = git(bare, "commit-tree", f"{before}^{{tree}}", "-p", after, "-m", f"Step {number}")
        forge.create_branch(NAME, "many", after)
        last = forge.commit(NAME, "many", parent=after, message="Mine", changes=[PRICE])

        assert forge.compare(NAME, before, last) == Comparison(102, ("Ada", "ferry[bot]"), (RAISED,))


def test_the_past_of_a_branch_is_told_newest_first_with_what_each_commit_changed(world: World) -> None:
    first = [one.sha for one in world.forge.log(NAME, world.head())]
    topic = world.branch("topic", FileChange("new.txt", b"1\n"))
    price = world.ada("main", PRICE, FileChange("README.md", None))
    merged = world.forge.merge(NAME, "topic", price, message="Bring in main\n\nand why")
    assert merged

    log = list(world.forge.log(NAME, merged))

    assert log[0] == LoggedCommit(merged, "Bring in main", parents=2)
    assert {one.sha for one in log} == {merged, topic, price, *first}
    assert {one.subject for one in log if one.sha in (topic, price)} == {"Change", "Change of ada"}
    assert sorted(world.forge.changed_paths(NAME, price)) == ["README.md", "src/price.py"]
    assert world.forge.changed_paths(NAME, topic) == ("new.txt",)
    assert log[-1].parents == 0
    assert {"README.md", "src/price.py"} <= set(world.forge.changed_paths(NAME, log[-1].sha))


def test_a_commit_that_is_not_there_has_no_past(world: World) -> None:
    with pytest.raises(NotFound):
        list(world.forge.log(NAME, "2" * 40))
    with pytest.raises(NotFound):
        world.forge.changed_paths(NAME, "2" * 40)


def test_half_of_githubs_calls_are_kept_for_tasks(tmp_path: Path) -> None:
    with peer(tmp_path) as at:
        forge = forge_of(at)
        sha = forge.head(NAME, "main") or ""
        assert forge.changed_paths(NAME, sha)
        forge._api.left = 0.49

        with pytest.raises(RateLimited, match="kept for tasks"):
            forge.changed_paths(NAME, sha)

        forge.head(NAME, "main")
        assert forge.changed_paths(NAME, sha)
