"""A set of pull requests at the forge: our own check, merging as a person does it, and undoing what was merged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ferry.domain.change import FileChange
from ferry.domain.errors import VendorRefused
from ferry.ports import Forge, PullRequestRef
from tests.contract.github_peer import CI, FILES, NAME, TOKEN, Peer, forge_of, peer, session_of
from tests.fakes.forge import FakeForge

GREEN = FileChange("check.sh", b"echo fine\n")
CHECK = "ferry/merge-order"


@dataclass
class World:
    forge: Forge
    fake: FakeForge | None = None
    at: Peer | None = None

    def merge(self, number: int) -> None:
        if self.fake is not None:
            self.fake.merge_pull_request(NAME, number)
        else:
            self.person("PUT", f"/repos/{NAME}/pulls/{number}/merge")

    def statuses(self, sha: str) -> dict[str, tuple[bool, str]]:
        if self.fake is not None:
            return {name: said for (_, at, name), said in self.fake.statuses.items() if at == sha}
        found = self.person("GET", f"/repos/{NAME}/commits/{sha}/status")["statuses"]
        return {one["context"]: (one["state"] == "success", one["description"]) for one in found}

    def person(self, method: str, path: str) -> Any:
        assert self.at
        answer = session_of(self.at.url).request(
            method, self.at.url + path, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture(params=["github", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "fake":
        fake = FakeForge({NAME: {**FILES, ".github/workflows/ci.yml": CI}})
        yield World(fake, fake)
        return
    with peer(tmp_path) as at:
        yield World(forge_of(at), at=at)


def opened(world: World, *changes: FileChange) -> PullRequestRef:
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.create_branch(NAME, "ferry/one", main)
    world.forge.commit(NAME, "ferry/one", parent=main, message="Change", changes=changes or (GREEN,))
    pull = world.forge.open_draft(NAME, branch="ferry/one", base="main", title="One", body="What it is")
    world.forge.mark_ready(NAME, pull.number)
    return pull


def file(world: World, sha: str | None, path: str, folder: Path) -> bytes | None:
    assert sha
    folder.mkdir()
    world.forge.download(NAME, sha, folder)
    return (folder / path).read_bytes() if (folder / path).is_file() else None


def test_a_merged_pull_request_is_told_from_an_open_and_a_closed_one(world: World) -> None:
    pull = opened(world)
    before = world.forge.pull_request(NAME, pull.number)

    world.merge(pull.number)

    after = world.forge.pull_request(NAME, pull.number)
    assert (before.open, before.merged, before.body) == (True, False, "What it is")
    assert (after.open, after.merged) == (False, True)


def test_the_last_word_of_a_check_counts(world: World) -> None:
    pull = opened(world)

    for passes, says in ((False, "waits for acme/api#1"), (True, "its turn")):
        world.forge.set_status(NAME, pull.head, CHECK, passes=passes, says=says, url=pull.url)

    assert world.statuses(pull.head) == {CHECK: (True, "its turn")}
    assert CHECK not in {check.name for check in world.forge.check_runs(NAME, pull.head)}


def test_a_check_on_an_unknown_commit_is_refused(world: World) -> None:
    with pytest.raises(VendorRefused):
        world.forge.set_status(NAME, "2" * 40, CHECK, passes=True, says="", url="")


def test_what_was_merged_is_undone_by_one_open_pull_request_however_often_it_is_asked(
    world: World, tmp_path: Path
) -> None:
    before = file(world, world.forge.head(NAME, "main"), "check.sh", tmp_path / "before")
    pull = opened(world, GREEN, FileChange("new.txt", b"new\n"))
    world.merge(pull.number)

    first = world.forge.revert(NAME, pull.number, title="Revert it", body="Because")
    again = world.forge.revert(NAME, pull.number, title="Revert it", body="Because")

    assert (first.number, first.open) == (again.number, True)
    assert world.forge.pull_request(NAME, first.number).body == "Because"
    assert file(world, first.head, "check.sh", tmp_path / "undone") == before
    assert file(world, first.head, "new.txt", tmp_path / "gone") is None


def test_later_work_of_others_survives_the_undoing(world: World, tmp_path: Path) -> None:
    pull = opened(world)
    world.merge(pull.number)
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.commit(NAME, "main", parent=main, message="More", changes=[FileChange("other.txt", b"stays\n")])

    made = world.forge.revert(NAME, pull.number, title="Revert it", body="")

    assert file(world, made.head, "other.txt", tmp_path / "undone") == b"stays\n"


def test_what_others_changed_since_needs_a_person(world: World) -> None:
    pull = opened(world)
    world.merge(pull.number)
    main = world.forge.head(NAME, "main")
    assert main
    world.forge.commit(NAME, "main", parent=main, message="More", changes=[FileChange("check.sh", b"echo other\n")])

    with pytest.raises(VendorRefused):
        world.forge.revert(NAME, pull.number, title="Revert it", body="")


def test_what_is_not_merged_cannot_be_undone(world: World) -> None:
    with pytest.raises(VendorRefused):
        world.forge.revert(NAME, opened(world).number, title="Revert it", body="")
