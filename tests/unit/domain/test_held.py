"""A change that waits for permission: what its digest covers, and the lines that a person is shown of it."""

from __future__ import annotations

from typing import Any

import pytest

from ferry.domain.held import EXCERPT, Held, HeldFile, HeldFinding

LINES = [f"line {number}" for number in range(1, 41)]


def text(lines: list[str]) -> bytes:
    return "\n".join([*lines, ""]).encode()


def finding(line: int, path: str = "a.py") -> HeldFinding:
    return HeldFinding(rule="suppression-added", path=path, line=line, message="m")


def held(**changes: Any) -> Held:
    file = HeldFile(path="a.py", before=text(LINES), after=text([*LINES[:29], "new", *LINES[30:]]))
    given = {"task_id": "T-1", "plan": "p", "repo": "acme/lib", "item": "T1", "findings": (finding(30),)}
    return Held(**{**given, "files": (file,), "summary": "s", "commit_message": "c", **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"task_id": "T-2"},
        {"plan": "q"},
        {"repo": "acme/app"},
        {"item": "T2"},
        {"findings": (finding(31),)},
        {"findings": (finding(30), finding(31))},
        {"files": (HeldFile(path="b.py", before=None, after=b""),)},
        {"files": (HeldFile(path="a.py", before=text(LINES), after=b"", executable=True),)},
    ],
)
def test_the_digest_covers_task_plan_findings_and_every_byte(changes: dict[str, Any]) -> None:
    assert held(**changes).digest != held().digest


def test_the_digest_is_the_same_when_it_was_stored_and_committed() -> None:
    binary = HeldFile(path="a.bin", before=bytes(range(256)), after=b"\xff\x00")
    one = held(files=(binary,))

    again = Held.read(one.model_copy(update={"commit": "c" * 40}).model_dump_json(), "held")

    assert (again.digest, again.files) == (one.digest, one.files)


def test_an_excerpt_is_the_lines_around_the_finding_and_short() -> None:
    shown = held().excerpt(finding(30)).splitlines()

    assert {"-line 30", "+new", " line 29"} <= set(shown)
    assert len(shown) <= EXCERPT


def test_an_excerpt_of_a_long_new_file_is_about_its_own_line() -> None:
    one = held(files=(HeldFile(path="a.py", before=None, after=text(LINES)),))

    assert one.excerpt(finding(20)).splitlines()[EXCERPT // 2] == "+line 20"
    assert one.excerpt(finding(0)).startswith("+line 1\n")


def test_an_excerpt_of_a_deleted_file_shows_what_went() -> None:
    one = held(files=(HeldFile(path="a.py", before=text(LINES), after=None),))

    assert one.excerpt(finding(20)).splitlines()[EXCERPT // 2] == "-line 20"


def test_what_is_no_text_is_told_by_its_size() -> None:
    one = held(files=(HeldFile(path="a.py", before=None, after=b"\xff" * 1200),))

    assert one.excerpt(finding(0)) == "no text: 0 bytes before, 1,200 now"
    assert one.diff().startswith("--- a.py\n+++ a.py\nno text")


def test_a_finding_of_no_file_of_the_change_has_no_excerpt() -> None:
    assert held().excerpt(finding(1, "gone.py")) == ""
