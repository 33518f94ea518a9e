"""Repositories and what is in them: the adapter against the stand-in, on a repository made to be awkward."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ferry.adapters.github_archive import files
from ferry.domain.change import FileChange
from ferry.domain.errors import NotFound, VendorUnavailable
from ferry.domain.scope import Scope
from ferry.ports import Forge
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.refresh import Done, Library, refresh_named
from ferry.usecases.indexing.tree import FEW
from tests.contract.github_peer import CI, FILES, NAME, ORG, Peer, forge_of, peer
from tests.contract.test_github_patience import fault
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Peer]:
    with peer(tmp_path) as running:
        yield running


@pytest.fixture(params=["github", "fake"])
def forge(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Forge]:
    if request.param == "fake":
        yield FakeForge({NAME: {**FILES, ".github/workflows/ci.yml": CI}})
        return
    with peer(tmp_path) as running:
        yield forge_of(running)


def change(at: Peer, method: str, **facts: Any) -> None:
    headers = {"Authorization": f"Bearer {at.settings.token}"}
    answer = requests.request(method, f"{at.url}/repos/{NAME}", json=facts, headers=headers, timeout=5)
    assert answer.ok, answer.text


def library(at: Peer, scope: Scope | None = None) -> Library:
    return Library(forge_of(at), FakeArtifactStore(), FakeClock(), scope or Scope())


def test_tree_blob_and_archive_tell_the_same(forge: Forge) -> None:
    sha = forge.head(NAME, "main") or ""
    tree = forge.tree(NAME, sha) or ()

    assert {file.path for file in tree} == {*FILES, ".github/workflows/ci.yml"}
    archived = dict(forge.archive(NAME, sha, largest=10_000))
    assert {file.path: forge.blob(NAME, file.blob) for file in tree} == archived
    assert all(len(archived[file.path] or b"") == file.size for file in tree)


def test_of_a_large_file_an_archive_tells_the_path_alone(forge: Forge) -> None:
    sha = forge.commit(
        NAME, "main", parent=forge.head(NAME, "main") or "", message="m", changes=[FileChange("big.txt", b"x" * 101)]
    )

    assert dict(forge.archive(NAME, sha, largest=100))["big.txt"] is None
    assert dict(forge.archive(NAME, sha, largest=101))["big.txt"] == b"x" * 101


def test_what_is_not_there_is_not_found(forge: Forge) -> None:
    with pytest.raises(NotFound):
        forge.tree(NAME, "2" * 40)
    with pytest.raises(NotFound):
        forge.blob(NAME, "2" * 40)
    with pytest.raises(NotFound):
        list(forge.archive(NAME, "2" * 40, largest=1))
    with pytest.raises(NotFound):
        forge.repository(f"{ORG}/nothing")


def test_a_push_changes_when_a_repository_was_changed(forge: Forge) -> None:
    before = forge.repository(NAME).changed_at
    head = forge.head(NAME, "main") or ""
    forge.create_branch(NAME, "topic", head)
    forge.commit(NAME, "topic", parent=head, message="m", changes=[FileChange("a", b"a")])

    assert forge.repository(NAME).changed_at >= before
    assert forge.repositories()[0].changed_at == forge.repository(NAME).changed_at


def test_archived_forks_and_renamed_repositories_are_told_as_such(at: Peer) -> None:
    forge = forge_of(at)
    change(at, "PATCH", archived=True, fork=True)
    assert (forge.repository(NAME).archived, forge.repositories()[0].fork) == (True, True)

    change(at, "PATCH", archived=False, fork=False, name="prices")

    assert forge.repository(NAME).name == "acme/prices"
    assert [ref.name for ref in forge.repositories()] == ["acme/prices"]


def test_a_tree_of_more_than_the_forge_lists_is_none_and_the_archive_serves(tmp_path: Path) -> None:
    with peer(tmp_path, tree_limit="2") as at:
        of = library(at)
        assert of.forge.tree(NAME, of.forge.head(NAME, "main") or "") is None
        assert refresh_named(NAME, of).done is Done.BUILT
        assert set(index_paths(of)) == {*FILES, ".github/workflows/ci.yml"}


def test_an_empty_repository_has_no_head_in_githubs_own_words(at: Peer) -> None:
    """GitHub answers 409 «Git Repository is empty.»"""
    fault(at, "/git/ref/", 409)

    assert forge_of(at).head(NAME, "main") is None


def index_paths(of: Library) -> tuple[str, ...]:
    found = shelf.newest(NAME, of.artifacts)
    assert found
    return shelf.load(found, of.artifacts).paths


def awkward(at: Peer, more: int) -> None:
    """A commit on main that no file system would hold: loops of links, a submodule, names that differ in case alone."""
    bare = at.settings.state / "repos" / "pricing.git"

    def blob(data: bytes) -> str:
        return hashed("hash-object", "-w", "--stdin", data=data)

    def hashed(*words: str, data: bytes = b"", **env: str) -> str:
        done = subprocess.run(["git", *words], cwd=bare, input=data, capture_output=True, check=True, env=who | env)
        return done.stdout.decode().strip()

    who = {**os.environ, **{f"GIT_{r}_{k}": "ada" for r in ("AUTHOR", "COMMITTER") for k in ("NAME", "EMAIL")}}
    entries = [
        ("120000", blob(b"../loop"), b"loop/loop"),
        ("120000", blob(b"/etc/passwd"), b"out"),
        ("160000", "3" * 40, b"vendored-elsewhere"),
        ("100644", blob(POINTER), b"model.bin"),
        ("100644", blob(b"UPPER = 1\n"), b"src/Case.py"),
        ("100644", blob(b"LOWER = 1\n"), b"src/case.py"),
        ("100644", blob(b"x = 1\n" * 60_000), b"src/huge.py"),
        ("100644", blob(b"\x89PNG\x00discount"), b"logo.png"),
        ("100644", blob(b"LATIN = 1\n"), b"caf\xe9.py"),
        ("100644", blob(b"HIDDEN = 1\n"), b"kept/out.py"),
        ("100644", blob(b"kept export-ignore\n"), b".gitattributes"),
        *(("100644", blob(b"N = %d\n" % number), b"many/f%d.py" % number) for number in range(more)),
    ]
    lines = b"".join(f"{mode} {sha}\t".encode() + path + b"\0" for mode, sha, path in entries)
    index = {"GIT_INDEX_FILE": str(at.folder / "index")}
    hashed("read-tree", "main", **index)
    hashed("update-index", "-z", "--index-info", data=lines, **index)
    tree = hashed("write-tree", **index)
    hashed("update-ref", "refs/heads/main", hashed("commit-tree", tree, "-p", "main", "-m", "Awkward"))


@pytest.mark.parametrize("more", [0, FEW])
@pytest.mark.parametrize("listed", [True, False])
def test_an_awkward_repository_is_indexed_by_every_way_of_reading(tmp_path: Path, listed: bool, more: int) -> None:
    with peer(tmp_path, **({} if listed else {"tree_limit": "1"})) as at:
        awkward(at, more)
        of = library(at)

        assert refresh_named(NAME, of).done is Done.BUILT

        found = shelf.newest(NAME, of.artifacts)
        assert found
        index = shelf.load(found, of.artifacts)
    new = {path for path in index.paths if not path.startswith("many/")} - {*FILES, ".github/workflows/ci.yml"}
    # What is exported to no archive is known where the tree is listed.
    hidden = {"kept/out.py"} if listed else set()
    assert new == {"model.bin", "src/Case.py", "src/case.py", "src/huge.py", "logo.png", ".gitattributes"} | hidden
    assert len(index.paths) == len(new) + len(FILES) + 1 + more
    assert index.definitions["upper"] != index.definitions["lower"]
    assert not index.files_with("discount")
    assert not index.files_with("oid")
    assert bool(index.definitions.get("hidden")) is listed


def test_a_repository_that_is_deleted_or_archived_later_loses_its_index(at: Peer) -> None:
    of = library(at)
    refresh_named(NAME, of)
    change(at, "PATCH", archived=True)
    assert refresh_named(NAME, of).done is Done.LEFT_OUT
    change(at, "PATCH", archived=False)
    assert refresh_named(NAME, of).done is Done.BUILT
    change(at, "DELETE")

    assert refresh_named(NAME, of).done is Done.GONE
    assert of.artifacts.keys("index/") == []


def tarball(*members: tarfile.TarInfo, data: bytes = b"x" * 5000) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return raw.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(f"acme-pricing-1234567/{name}")
    made.type, made.linkname, made.size = kind, target, 5000 if kind == tarfile.REGTYPE else 0
    return made


def answered(data: bytes) -> requests.Response:
    answer = requests.Response()
    answer.status_code, answer.raw = 200, io.BytesIO(data)
    return answer


WHOLE = tarball(*(member(f"f{number}.py") for number in range(20)), data=bytes(range(250)) * 20)


@given(st.integers(0, len(WHOLE)))
def test_an_archive_that_is_cut_is_read_to_its_last_file_or_not_at_all(kept: int) -> None:
    try:
        read = list(files(answered(WHOLE[:kept]), 10_000, "tarball"))
    except VendorUnavailable:
        assert kept < len(WHOLE)
    else:
        assert len(read) == 20


def test_links_devices_and_folders_of_an_archive_are_no_files() -> None:
    odd = [
        member("a.py"),
        member("loop", tarfile.SYMTYPE, "loop"),
        member("hard", tarfile.LNKTYPE, "/etc/passwd"),
        member("device", tarfile.CHRTYPE),
        member("folder", tarfile.DIRTYPE),
        member("../../up.py"),
    ]

    assert [path for path, _ in files(answered(tarball(*odd)), 10_000, "tarball")] == ["a.py", "../../up.py"]
