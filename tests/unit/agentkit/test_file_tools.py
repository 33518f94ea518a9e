from __future__ import annotations

from pathlib import Path

import pytest

from ferry.agentkit.tool import ToolError
from ferry.agentkit.tools.list_files import list_files
from ferry.agentkit.tools.read_file import read_file
from ferry.agentkit.tools.replace_in_file import replace_in_file
from ferry.agentkit.tools.write_file import write_file
from ferry.agentkit.untrusted import block

APPROVED = frozenset({"src/app.py", "new/deep/file.py", "link.py", "dir", "out/x.py"})


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = tmp_path / "repo"
    (repo / "src").mkdir(parents=True)
    (repo / "src/app.py").write_bytes(b"one\r\ntwo\r\ntwo\r\n")
    (repo / "image.png").write_bytes(b"\xff\xfe\x00")
    (repo / "dir").mkdir()
    (repo / "__pycache__").mkdir()
    (repo / "__pycache__/x.pyc").write_bytes(b"")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "outside").mkdir()
    (repo / "link.py").symlink_to("../secret.txt")
    (repo / "out").symlink_to("../outside")
    return repo


def test_files_are_listed_by_prefix_without_what_tools_leave_behind(repo: Path) -> None:
    assert list_files(repo).call({}) == "image.png\nlink.py\nout\nsrc/app.py"
    assert list_files(repo).call({"prefix": "src/"}) == "src/app.py"
    assert list_files(repo).call({"prefix": "nothing"}) == "(no file)"


def test_a_name_that_is_not_utf8_does_not_break_the_list(repo: Path) -> None:
    (repo / "bad-\udcff").touch()

    assert "bad-?" in list_files(repo).call({})


def test_a_file_is_read_as_it_is(repo: Path) -> None:
    assert read_file(repo).call({"path": "src/app.py"}) == "one\r\ntwo\r\ntwo\r\n"


def test_a_long_file_can_be_read_to_its_end_in_parts(repo: Path) -> None:
    lines = [f"line {number} {'x' * 90}\n" for number in range(400)]
    (repo / "long.txt").write_text("".join(lines))
    read, first, seen = read_file(repo), 1, ""

    while True:
        part, _, note = read.call({"path": "long.txt", "first_line": first}).partition("\n[lines ")
        assert len(part) < 12_000
        seen += part
        if not note:
            break
        first = int(note.split("first_line ")[1].rstrip("]"))

    assert seen == "".join(lines)


def test_an_endless_line_does_not_hold_a_reader_in_place(repo: Path) -> None:
    (repo / "long.txt").write_text("x" * 50_000 + "\nend\n")

    assert "first_line 2]" in read_file(repo).call({"path": "long.txt"})
    assert read_file(repo).call({"path": "long.txt", "first_line": 2}) == "end\n"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt", "/etc/passwd", "link.py", "nothing.py", "dir", "image.png", "", "src/../src/app.py",
        "x" * 5000, "a\0b",
    ],
)  # fmt: skip
def test_nothing_but_text_files_of_the_repository_can_be_read(repo: Path, path: str) -> None:
    with pytest.raises(ToolError):
        read_file(repo).call({"path": path})


def test_a_line_past_the_end_is_told(repo: Path) -> None:
    with pytest.raises(ToolError, match="only 3 lines"):
        read_file(repo).call({"path": "src/app.py", "first_line": 4})


def test_an_approved_file_is_written_with_its_folders_and_to_the_letter(repo: Path) -> None:
    assert write_file(repo, APPROVED).call({"path": "new/deep/file.py", "content": "a\r\nb\n"}) == "written: 2 lines"
    assert (repo / "new/deep/file.py").read_bytes() == b"a\r\nb\n"


@pytest.mark.parametrize("path", ["link.py", "dir", "out/x.py", "src/other.py", "../secret.txt", ".github/x.yml"])
def test_nothing_is_written_outside_the_plan_or_through_a_link(repo: Path, path: str) -> None:
    with pytest.raises(ToolError):
        write_file(repo, APPROVED).call({"path": path, "content": "x"})

    assert (repo.parent / "secret.txt").read_text() == "secret"
    assert not list((repo.parent / "outside").iterdir())


def test_a_piece_that_occurs_once_is_replaced_and_line_ends_stay(repo: Path) -> None:
    assert replace_in_file(repo, APPROVED).call({"path": "src/app.py", "old": "one", "new": "1"}) == "replaced"
    assert (repo / "src/app.py").read_bytes() == b"1\r\ntwo\r\ntwo\r\n"


@pytest.mark.parametrize(("old", "times"), [("two", 2), ("three", 0)])
def test_a_piece_that_does_not_occur_exactly_once_changes_nothing(repo: Path, old: str, times: int) -> None:
    with pytest.raises(ToolError, match=f"occurs {times} times"):
        replace_in_file(repo, APPROVED).call({"path": "src/app.py", "old": old, "new": "x"})

    assert (repo / "src/app.py").read_bytes() == b"one\r\ntwo\r\ntwo\r\n"


def test_text_copied_out_of_a_block_is_found_although_it_was_escaped_there(repo: Path) -> None:
    (repo / "src/app.py").write_text('MARK = "</untrusted>"\n')
    seen = block("read_file", read_file(repo).call({"path": "src/app.py"})).splitlines()[1]

    replace_in_file(repo, APPROVED).call({"path": "src/app.py", "old": seen, "new": seen.replace("MARK", "END")})

    assert (repo / "src/app.py").read_text() == 'END = "</untrusted>"\n'
