"""One repository's index: only what changed is read, what was there stays until the new one is whole."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.change import FileChange
from ferry.domain.errors import FerryError, NotFound, VendorUnavailable
from ferry.domain.retrieval.index import Index
from ferry.domain.scope import Scope
from ferry.ports import RepositoryRef, TreeFile
from ferry.usecases.indexing import shelf
from ferry.usecases.indexing.making import LARGEST
from ferry.usecases.indexing.refresh import Done, Library, lags, refresh, refresh_named
from ferry.usecases.indexing.tree import FEW, SINGLY, blob_sha, changes
from tests.fakes.artifacts import FakeArtifactStore
from tests.fakes.clock import FakeClock
from tests.fakes.forge import FakeForge
from tests.fakes.indexes import defines, fresh, index_keys, same, says
from tests.unit.domain.retrieval_samples import PRICING

REPO = "acme/pricing"
MANY = {f"src/file{number}.py": f"VALUE_{number} = {number}\n" for number in range(FEW + 1)}


class Watched(FakeForge):
    """Counts what is read; the blob `broken` cannot be, nor can an archive of more than `whole` files."""

    def __init__(self, files: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(files)
        self.reads: Counter[str] = Counter()
        self.broken, self.whole = "", 10_000

    def blob(self, repo: str, blob: str) -> bytes:
        self.reads["blobs"] += 1
        if blob == self.broken:
            raise VendorUnavailable("GitHub answered 502")
        return super().blob(repo, blob)

    def archive(self, repo: str, sha: str, *, largest: int) -> Iterator[tuple[str, bytes | None]]:
        self.reads["archives"] += 1
        for number, file in enumerate(super().archive(repo, sha, largest=largest)):
            if number >= self.whole:
                raise VendorUnavailable("the tarball is incomplete")
            yield file


def library(files: Mapping[str, str] | None = None, scope: Scope | None = None) -> tuple[Library, Watched]:
    forge = Watched({REPO: PRICING if files is None else files})
    return Library(forge, FakeArtifactStore(), FakeClock(), scope or Scope()), forge


def index_of(at: Library, repo: str = REPO) -> Index:
    found = shelf.newest(repo, at.artifacts)
    assert found
    return shelf.load(found, at.artifacts)


def keys(at: Library) -> list[str]:
    return index_keys(at.artifacts)


def ours(at: Library) -> Index:
    """What the retrieval package itself makes of the same files."""
    forge = at.forge
    assert isinstance(forge, Watched)
    sha = forge.head(REPO, "main") or ""
    tree = forge.repos[REPO].commits[sha].tree
    texts = {path: content.decode() for path, (content, _) in tree.items()}
    return fresh(REPO, sha, texts)


def test_a_blob_is_named_as_git_names_it() -> None:
    data = "Größe\n".encode()
    told = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)

    assert blob_sha(data) == told.stdout.decode().strip()


def test_a_first_index_is_what_retrieval_makes_of_the_same_files() -> None:
    at, _ = library()

    done = refresh_named(REPO, at)

    assert (done.done, done.files, done.read) == (Done.BUILT, len(PRICING), len(PRICING))
    assert same(index_of(at), ours(at))


PATHS = st.sampled_from(["a.py", "b.py", "tests/test_a.py", "README.md", "pyproject.toml", "docs/c.md"])
TEXTS = st.sampled_from(["", "def total(): ...\n", "class Order: ...\n", '[project]\nname = "x"\n', "words of prose\n"])


@settings(max_examples=40)
@given(st.lists(st.dictionaries(PATHS, TEXTS | st.none(), min_size=1, max_size=4), max_size=4), st.booleans())
def test_after_any_pushes_the_index_is_what_a_fresh_build_gives(pushes: list[dict[str, str | None]], job: bool) -> None:
    at, forge = library({**PRICING, **MANY})
    refresh_named(REPO, at)
    for push in pushes:
        tree = forge.repos[REPO].commits[forge.head(REPO, "main") or ""].tree
        edits = {path: text for path, text in push.items() if text is not None or path in tree}
        changed = [FileChange(path, None if text is None else text.encode()) for path, text in edits.items()]
        forge.push(REPO, "main", "ada", *changed)
        forge.repos[REPO].huge = not job  # as if the repository had grown over what a tree lists, and back
        refresh_named(REPO, at)

    assert same(index_of(at), ours(at))
    assert len(keys(at)) == 1


def test_a_push_reads_what_changed_and_nothing_else() -> None:
    at, forge = library(MANY)
    assert refresh_named(REPO, at).read == len(MANY)
    assert forge.reads == {"archives": 1}
    forge.push(REPO, "main", "ada", FileChange("src/file1.py", b"NEW = 1\n"), FileChange("src/file2.py", None))

    done = refresh_named(REPO, at)

    assert (done.done, done.files, done.read) == (Done.UPDATED, len(MANY) - 1, 1)
    assert forge.reads == {"archives": 1, "blobs": 1}
    assert same(index_of(at), ours(at))


def test_a_fresh_index_is_not_made_again() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    before = dict(forge.reads)

    assert refresh_named(REPO, at).done is Done.FRESH
    assert forge.reads == before


def test_an_index_that_cannot_be_read_is_made_anew_when_asked() -> None:
    at, _ = library()
    refresh_named(REPO, at)
    at.artifacts.put(keys(at)[0], b"{}")

    assert refresh(at.forge.repository(REPO), at, anew=True).sha == index_of(at).sha


@pytest.mark.parametrize("size", [1, FEW + 1])
def test_a_build_that_breaks_off_leaves_the_old_index_and_no_other(size: int) -> None:
    at, forge = library(MANY)
    refresh_named(REPO, at)
    before, old = keys(at), index_of(at)
    forge.push(REPO, "main", "ada", *(FileChange(f"src/file{n}.py", b"NEW = 1\n") for n in range(size)))
    forge.broken, forge.whole = blob_sha(b"NEW = 1\n"), 2

    with pytest.raises(VendorUnavailable):
        refresh_named(REPO, at)

    assert keys(at) == before
    assert same(index_of(at), old)


def test_a_repository_that_vanishes_during_the_build_leaves_no_index() -> None:
    at, forge = library()

    class Vanishing(Watched):
        def blob(self, repo: str, blob: str) -> bytes:
            raise NotFound(f"no repository {repo}")

    gone = Vanishing({})
    gone.repos = forge.repos
    with pytest.raises(NotFound):
        refresh_named(REPO, replace(at, forge=gone))
    assert keys(at) == []


def test_a_deleted_repository_loses_its_index_and_a_renamed_one_has_it_under_its_new_name() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    forge.rename(REPO, "acme/prices")

    assert (refresh_named(REPO, at).repo, index_of(at, "acme/prices").repo) == ("acme/prices", "acme/prices")
    assert shelf.newest(REPO, at.artifacts) is None
    del forge.repos["acme/prices"]
    assert refresh_named("acme/prices", at).done is Done.GONE
    assert at.artifacts.keys("index/") == []


def test_an_index_of_what_is_left_out_now_is_removed() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    forge.repos[REPO].archived = True

    assert refresh_named(REPO, at).done is Done.LEFT_OUT
    assert at.artifacts.keys("index/") == []


def test_a_repository_without_a_commit_is_empty_and_has_no_index() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    forge.repos[REPO].branches.clear()

    assert refresh_named(REPO, at).done is Done.EMPTY
    assert at.artifacts.keys("index/") == []


class Busy(Watched):
    """Pushed to in this very second."""

    def repository(self, repo: str) -> RepositoryRef:
        return replace(super().repository(repo), changed_at="2026-11-21T12:00:00Z")


@pytest.mark.parametrize("number", range(4))
def test_two_builders_at_once_end_in_one_right_index(number: int) -> None:
    """One saw the head before a push and is slow; the other saw it after, in the same second."""
    clock = FakeClock()
    forge = Busy({REPO: MANY})
    at = Library(forge, FakeArtifactStore(), clock)
    meet, pushed = Barrier(2), Barrier(2)

    class Slow(Busy):
        def tree(self, repo: str, sha: str) -> tuple[TreeFile, ...] | None:
            meet.wait(10)
            pushed.wait(10)
            return super().tree(repo, sha)

    slow = Slow({})
    slow.repos = forge.repos
    forge.push(REPO, "main", "ada", FileChange(f"src/one{number}.py", b"ONE = 1\n"))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(refresh_named, REPO, replace(at, forge=slow))
        meet.wait(10)
        clock.advance(0.01)
        last = forge.push(REPO, "main", "bob", FileChange("src/two.py", b"TWO = 2\n"))
        refresh_named(REPO, at)
        pushed.wait(10)
        first.result(10)

    assert len(keys(at)) == 1
    assert index_of(at).sha == last
    assert same(index_of(at), ours(at))


def test_a_push_of_the_last_minute_is_asked_for_again() -> None:
    """A forge tells whole seconds: two pushes within one look like one."""
    at, forge = library()
    clock = at.clock
    assert isinstance(clock, FakeClock)
    ref = replace(forge.repository(REPO), changed_at="2026-11-21T12:00:00Z")
    refresh(ref, at)
    assert lags(ref, shelf.newest(REPO, at.artifacts))

    clock.advance(61)
    assert refresh(ref, at).done is Done.FRESH
    assert not lags(ref, shelf.newest(REPO, at.artifacts))
    assert len(keys(at)) == 1


def test_a_reader_whose_index_was_replaced_meanwhile_gets_the_new_one() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    old = shelf.newest(REPO, at.artifacts)
    sha = forge.push(REPO, "main", "ada", FileChange("a.py", b"A = 1\n"))
    refresh_named(REPO, at)

    assert old
    assert shelf.load(old, at.artifacts).sha == sha


def test_what_was_stored_and_cannot_be_read_is_read_again_from_the_files() -> None:
    at, forge = library()
    refresh_named(REPO, at)
    for key in at.artifacts.keys("index/"):
        at.artifacts.put(key, b"cut off")
    forge.push(REPO, "main", "ada", FileChange("a.py", b"A = 1\n"))

    assert refresh_named(REPO, at).read == len(PRICING) + 1
    assert same(index_of(at), ours(at))


@pytest.mark.parametrize("listed", [True, False])
def test_of_what_is_no_text_of_ours_only_the_path_is_known_or_nothing(listed: bool) -> None:
    at, forge = library({"src/app.py": "TOTAL = 1\n"})
    forge.repos[REPO].huge = not listed
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    forge.push(
        REPO,
        "main",
        "ada",
        FileChange("logo.png", b"\x89PNG\x00discount"),
        FileChange("data.csv", pointer),
        FileChange("big.py", b"discount = 1\n" * (LARGEST // 12)),
        FileChange("README.md", b"# caf\xe9\n"),
        FileChange("readme.md", b"# other case\n"),
        FileChange("node_modules/x/index.js", b"discount"),
        FileChange("caf\udce9.py", b"discount = 1\n"),
        FileChange("new\nline.py", b"discount = 1\n"),
    )

    refresh_named(REPO, at)

    index = index_of(at)
    assert index.paths == ("README.md", "big.py", "data.csv", "logo.png", "readme.md", "src/app.py")
    assert [says(index, word) for word in ("other", "total", "discount", "oid")] == [True, True, False, False]


class Exporting(Watched):
    """Keeps all below ``src/`` out of its archives."""

    def archive(self, repo: str, sha: str, *, largest: int) -> Iterator[tuple[str, bytes | None]]:
        return (file for file in super().archive(repo, sha, largest=largest) if not file[0].startswith("src/"))


def test_what_is_kept_out_of_archives_is_fetched_by_itself() -> None:
    at, _ = library()
    forge = Exporting({REPO: MANY})

    refresh_named(REPO, replace(at, forge=forge))

    assert defines(index_of(at), "VALUE_7")
    assert forge.reads["blobs"] == len(MANY)


def test_what_was_not_read_is_told_and_read_the_next_time() -> None:
    at, _ = library()
    forge = Exporting({REPO: {f"src/file{number}.py": f"VALUE_{number} = 1\n" for number in range(SINGLY + 3)}})
    at = replace(at, forge=forge)

    first = refresh_named(REPO, at)
    forge.push(REPO, "main", "ada", FileChange("a.py", b"A = 1\n"))
    second = refresh_named(REPO, at)

    assert (first.read, first.detail[:7]) == (SINGLY, "3 files")
    assert (second.read, second.detail) == (4, "")
    assert same(index_of(at), ours(at))


@pytest.mark.parametrize(
    ("repo", "facts", "told"),
    [
        ("acme/pricing", {}, ""),
        ("acme/pricing", {"archived": True}, "archived"),
        ("acme/legacy-shop", {}, "IgnoredRepositories"),
        ("Other/Secret", {}, "IgnoredRepositories"),
        ("acme/kit", {"fork": True}, "fork"),
        ("acme/our-kit", {"fork": True}, ""),
    ],
)
def test_configuration_says_what_is_left_out(repo: str, facts: dict[str, bool], told: str) -> None:
    scope = Scope(ignored=("legacy-*", "other/*"), forks=("our-*",))

    refusal = scope.refusal(repo, **{"archived": False, "fork": False, **facts})

    assert told in refusal
    assert bool(told) == bool(refusal)


def test_nothing_is_known_of_a_tree_before_it_is_read() -> None:
    at, forge = library()
    found = changes(REPO, forge.head(REPO, "main") or "", {"gone.py": "1" * 40}, forge)

    assert found.gone == ("gone.py",)
    assert {facts.path for facts in found.changed} == set(PRICING)
    assert blob_sha(PRICING["README.md"].encode()) in {facts.blob for facts in found.changed}
    with pytest.raises(FerryError):
        changes(REPO, "0" * 40, {}, forge)
    assert not at.artifacts.keys("")
