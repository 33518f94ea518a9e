"""What leaves a workspace is what arrives in the repository, byte for byte; what arrives in a workspace is harmless."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3 import HTTPResponse

from ferry.adapters.github import GitHubForge
from ferry.adapters.github_archive import Bounds, unpack
from ferry.agentkit.workspace import Workspace, tree_digest, workspace
from ferry.domain.change import FileChange
from ferry.domain.errors import StaleHead, VendorRefused
from tests.contract.github_peer import NAME, Peer, forge_of, peer

BRANCH = "ferry/fidelity"
LARGE = bytes(n * n % 251 for n in range(1_600_000))


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Peer]:
    with peer(tmp_path) as running:
        yield running


@contextmanager
def place(forge: GitHubForge, sha: str) -> Iterator[Workspace]:
    with workspace(forge, NAME, sha, {}) as found:
        yield found


def begun(forge: GitHubForge) -> str:
    """A branch with files of each kind; its head."""
    main = forge.head(NAME, "main")
    assert main
    forge.create_branch(NAME, BRANCH, main)
    files = [
        FileChange("tool.sh", b"true\n", executable=True),
        FileChange("plain.sh", b"true\n"),
        FileChange("old name.txt", b"moved\n"),
        FileChange("folder/inner.txt", b"x\n"),
        FileChange("single", b"y\n"),
        FileChange("logo.png", b"\x89PNG\x00\xff"),
    ]
    return forge.commit(NAME, BRANCH, parent=main, message="Begin", changes=files)


def rename(repo: Path) -> None:
    (repo / "old name.txt").rename(repo / "new name ü.txt")


def folder_to_file(repo: Path) -> None:
    (repo / "folder" / "inner.txt").unlink()
    (repo / "folder").rmdir()
    (repo / "folder").write_bytes(b"now a file\n")


def file_to_folder(repo: Path) -> None:
    (repo / "single").unlink()
    (repo / "single").mkdir()
    (repo / "single" / "inner").write_bytes(b"now inside\n")


DEEDS: dict[str, Callable[[Path], object]] = {
    "a bit set": lambda repo: (repo / "plain.sh").chmod(0o755),
    "a bit cleared": lambda repo: (repo / "tool.sh").chmod(0o644),
    "a program changed keeps its bit": lambda repo: (repo / "tool.sh").write_bytes(b"false\n"),
    "renamed": rename,
    "deleted": lambda repo: (repo / "logo.png").unlink(),
    "deleted with its folder": lambda repo: [(repo / "folder/inner.txt").unlink(), (repo / "folder").rmdir()],
    "binary": lambda repo: (repo / "data.bin").write_bytes(bytes(range(256))),
    "binary changed": lambda repo: (repo / "logo.png").write_bytes(b"\x89PNG\x00\xfe"),
    "text with a zero byte": lambda repo: (repo / "zero.txt").write_bytes(b"a\x00b\n"),
    "emptied": lambda repo: (repo / "plain.sh").write_bytes(b""),
    "new and empty": lambda repo: (repo / "__init__.py").write_bytes(b""),
    "unicode": lambda repo: (repo / "größe 漢字 🙂.txt").write_bytes("größe 🙂\n".encode()),
    "a name of two code points": lambda repo: (repo / "u\u0308.txt").write_bytes(b"decomposed\n"),
    "quotes and a tab in a name": lambda repo: (repo / "a \"b\" 'c'\t.txt").write_bytes(b"x\n"),
    "dos line ends": lambda repo: (repo / "dos.txt").write_bytes(b"a\r\nb\r\n"),
    "no line end": lambda repo: (repo / "plain.sh").write_bytes(b"true"),
    "a byte order mark": lambda repo: (repo / "bom.txt").write_bytes(b"\xef\xbb\xbfx\n"),
    "latin 1": lambda repo: (repo / "latin.txt").write_bytes(b"gr\xf6\xdfe\n"),
    "more than a megabyte": lambda repo: (repo / "large.bin").write_bytes(LARGE),
    "more than a megabyte of text": lambda repo: (repo / "large.txt").write_bytes(b"line of text\n" * 120_000),
    "folder to file": folder_to_file,
    "file to folder": file_to_folder,
    "a branch's own name as a path": lambda repo: (repo / "refs").write_bytes(b"x\n"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_a_workspace_and_the_commit_made_of_it_are_the_same_tree(deed: str, at: Peer) -> None:
    forge = forge_of(at)
    head = begun(forge)
    with place(forge, head) as here:
        DEEDS[deed](here.repo)
        paths, strange = here.changed()
        assert paths
        assert not strange
        changes, wanted = here.changes(paths), tree_digest(here.repo)
        with here.replay(changes) as replayed:
            assert tree_digest(replayed / here.name) == wanted
        sha = forge.commit(NAME, BRANCH, parent=head, message=deed, changes=changes)

    with place(forge, sha) as there:
        assert tree_digest(there.repo) == wanted


def test_a_link_that_a_command_made_is_strange_and_never_a_change_to_commit(at: Peer) -> None:
    forge = forge_of(at)
    with place(forge, begun(forge)) as here:
        (here.repo / "link").symlink_to("/etc/passwd")
        (here.repo / "tool.sh").unlink()
        (here.repo / "tool.sh").symlink_to("plain.sh")
        os.mkfifo(here.repo / "pipe")

        assert here.changed()[1] == {"link", "tool.sh", "pipe"}


class RacedForge(GitHubForge):
    """Somebody else pushes after it looked at the branch and before it moves it."""

    def _create(self, repo: str, kind: str, body: dict[str, Any]) -> str:
        sha = super()._create(repo, kind, body)
        if kind == "commits" and body["message"] == "Ours":
            other = super()._create(repo, kind, {**body, "message": "Theirs"})
            self._api.call("PATCH", f"/repos/{repo}/git/refs/heads/{BRANCH}", body={"sha": other, "force": False})
            self.theirs = other
        return sha


def test_a_branch_that_moves_at_the_last_moment_is_not_overwritten(at: Peer) -> None:
    forge = forge_of(at)
    head = begun(forge)
    raced = RacedForge(forge._api)

    with pytest.raises(StaleHead, match="nothing was overwritten"):
        raced.commit(NAME, BRANCH, parent=head, message="Ours", changes=[FileChange("x", b"x")])

    assert forge.head(NAME, BRANCH) == raced.theirs


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> requests.Response:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return answer(packed.getvalue())


def answer(data: bytes) -> requests.Response:
    made = requests.Response()
    made.status_code = 200
    made.raw = HTTPResponse(body=io.BytesIO(data), preload_content=False)
    return made


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, target
    return made


@pytest.mark.parametrize("name", ["top/../../evil", "top/a/../../../evil", "top//etc/evil", "top/./../evil"])
def test_an_archive_with_a_path_that_leads_elsewhere_is_refused_whole(name: str, tmp_path: Path) -> None:
    target = tmp_path / "inside"
    target.mkdir()

    with pytest.raises(VendorRefused, match="leads out"):
        unpack(archive((member("top/good"), b"x"), (member(name), b"evil")), target, "archive")

    assert {path.name for path in tmp_path.rglob("*")} <= {"inside", "good"}


@pytest.mark.parametrize(
    "odd",
    [
        member("top/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("top/link", tarfile.SYMTYPE, "../outside"),
        member("top/link", tarfile.LNKTYPE, "top/../../outside"),
        member("top/link", tarfile.FIFOTYPE),
        member("top/link", tarfile.CHRTYPE),
    ],
    ids=lambda odd: f"{odd.type!r} {odd.linkname}",
)
def test_a_link_outwards_and_a_device_are_not_made(odd: tarfile.TarInfo, tmp_path: Path) -> None:
    target = tmp_path / "inside"
    target.mkdir()
    (tmp_path / "outside").write_text("outside")

    unpack(archive((odd, b""), (member("top/good"), b"x")), target, "archive")

    assert [path.name for path in target.iterdir()] == ["good"]


def test_a_file_behind_a_link_of_the_archive_stays_inside(tmp_path: Path) -> None:
    target = tmp_path / "inside"
    target.mkdir()
    members = [(member("top/door", tarfile.SYMTYPE, ".."), b""), (member("top/door/evil"), b"evil")]

    unpack(archive(*members), target, "archive")

    assert not (tmp_path / "evil").exists()


SMALL = Bounds(files=100, bytes=1 << 20, packed=1 << 20)


def test_a_bomb_of_bytes_files_or_packed_bytes_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    zeros = archive((member("top/zeros"), bytes(50 << 20)))
    many = archive(*((member(f"top/{number}"), b"") for number in range(200)))
    packed = answer(gzip.compress(os.urandom(2 << 20)))

    for bomb in (zeros, many, packed):
        with pytest.raises(VendorRefused, match="more than"):
            unpack(bomb, tmp_path, "archive", SMALL)

    assert sum(path.stat().st_size for path in tmp_path.rglob("*")) < 1 << 20
