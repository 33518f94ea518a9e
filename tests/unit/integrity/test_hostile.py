"""Whatever a diff holds, the gate gives a clear answer, and does so with bounded work."""

from __future__ import annotations

import pytest

from ferry.adapters.detect_secrets import scan
from ferry.adapters.tree_sitter import parse
from ferry.domain.integrity import Change, Finding, inspect

NAMES = (
    "a.py",
    "tests/test_a.py",
    "a.test.ts",
    "a_test.go",
    "src/test/java/ATest.java",
    "tests/a.rs",
    "spec/a_spec.rb",
)


def look(*changes: Change) -> tuple[Finding, ...]:
    return inspect(changes, parse=parse, scan=scan)


def rules(*changes: Change) -> set[str]:
    return {one.rule for one in look(*changes)}


@pytest.mark.parametrize("name", NAMES[:-1])
@pytest.mark.parametrize(
    "text",
    ["x = " + "[" * 5000 + "]" * 5000, "(" * 100_000, "if a {" * 20_000, "-" * 50_000 + "1", "a." * 9_000 + "b"],
    ids=["nested lists", "brackets", "blocks", "signs", "chain"],
)
def test_a_file_that_no_person_wrote_is_a_finding_and_no_crash(name: str, text: str) -> None:
    assert rules(Change(name, None, text.encode())) & {"unparsable", "generated"}


@pytest.mark.parametrize("name", NAMES)
def test_a_line_of_a_million_characters_is_looked_at_as_a_whole_only(name: str) -> None:
    assert rules(Change(name, b"x\n", b"https://" * 125_000)) & {"generated", "oversized"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00x", b"\x00" * 100, "\ud7ff é ✓".encode(), b"\r\n\r", b"#" * 300])
def test_strange_bytes_raise_nothing(name: str, data: bytes) -> None:
    look(Change(name, None, data), Change(name, data, None), Change(name, data, b"x = 1\n"))


def test_ten_thousand_files_end_in_one_clear_answer() -> None:
    found = look(*(Change(f"src/f{n}.py", None, b"x = 1\n") for n in range(10_000)))

    assert [one.rule for one in found] == ["diff-too-large"]
    assert "10,000 files" in found[0].message


def test_a_hundred_megabytes_end_in_one_clear_answer() -> None:
    found = look(*(Change(f"data/{n}.csv", None, b"1,2\n" * 250_000) for n in range(100)))

    assert [one.rule for one in found] == ["diff-too-large"]
    assert "100 MB" in found[0].message


def test_a_file_that_was_never_parsable_is_not_held_against_who_edits_it() -> None:
    assert not rules(Change("legacy.py", b"print 'a'\n", b"print 'b'\n"))


def test_a_helper_that_calls_itself_is_looked_at_once() -> None:
    text = b"def assert_all(x):\n    assert_all(x[1:])\n\ndef test_a():\n    assert_all([1])\n"

    assert rules(Change("tests/test_a.py", None, text)) == {"test-without-assertion"}
