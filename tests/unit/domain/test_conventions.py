"""Which files of conventions apply, in which order, and how much of them there is room for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.conventions import LONGEST, MOST, Source, applying, fitted, tells_agents

NAMES = ("AGENTS.md", "AGENTS.md", "CLAUDE.md", ".cursorrules", "CONTRIBUTING.md", "README.md")
FOLDERS = st.lists(st.sampled_from("aab"), max_size=3).map("/".join)


def under(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


FILES = st.frozensets(st.builds(under, FOLDERS, st.sampled_from(NAMES)), max_size=12)
CODE = st.lists(st.builds(under, FOLDERS, st.sampled_from(["x.py", "y.py"])), min_size=1, max_size=3)


def applied(paths: list[str], there: frozenset[str]) -> tuple[str, ...]:
    return applying(paths, there.__contains__)


@given(CODE, FILES)
def test_the_nearest_file_comes_last_of_those_that_are_on_the_way_to_the_code(
    paths: list[str], there: frozenset[str]
) -> None:
    path = paths[0]
    parts = path.split("/")[:-1]
    way = ["/".join(parts[:depth]) for depth in range(len(parts) + 1)]
    orders = [under(folder, name) for folder in way for name in ("AGENTS.md", "CLAUDE.md")]
    nearest = max(
        (one for one in orders if one in there), key=lambda one: (one.count("/"), "AGENTS" in one), default=""
    )

    found = [one for one in applied([path], there) if one in orders]

    assert found[-1:] == [nearest] * bool(nearest)


@given(CODE, FILES)
def test_a_folder_gives_one_file_at_most_and_only_folders_on_the_way_give_any(
    paths: list[str], there: frozenset[str]
) -> None:
    found = [one for one in applied(paths, there) if one.endswith(("AGENTS.md", "CLAUDE.md"))]

    folders = [one.rpartition("/")[0] for one in found]
    assert len(set(folders)) == len(folders)
    assert all(any(path.startswith(f"{folder}/") or not folder for path in paths) for folder in folders)
    assert set(applied(paths, there)) <= there


@given(CODE, CODE, FILES)
def test_more_paths_only_add_and_their_order_changes_nothing(
    some: list[str], more: list[str], there: frozenset[str]
) -> None:
    assert set(applied(some, there)) <= set(applied([*some, *more], there))
    assert applied([*more, *some], there) == applied([*some, *more], there)


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ({"AGENTS.md", "CLAUDE.md", ".cursorrules"}, ("AGENTS.md",)),
        ({"CLAUDE.md", ".cursorrules"}, ("CLAUDE.md",)),
        ({".github/copilot-instructions.md", ".cursorrules"}, (".github/copilot-instructions.md",)),
        ({".cursorrules", "src/.cursorrules"}, (".cursorrules",)),
        ({"src/b/AGENTS.md", "CLAUDE.md", "src/AGENTS.md"}, ("CLAUDE.md", "src/AGENTS.md", "src/b/AGENTS.md")),
        ({"CONTRIBUTING.md", "AGENTS.md"}, ("CONTRIBUTING.md", "AGENTS.md")),
        ({"CONTRIBUTING.rst", "docs/CONTRIBUTING.md"}, ("CONTRIBUTING.rst",)),
        ({"CONTRIBUTING.md", ".github/CONTRIBUTING.md"}, (".github/CONTRIBUTING.md",)),
        ({"README.md", "src/deep/AGENTS.md"}, ()),
    ],
)
def test_one_name_speaks_for_its_folder(there: set[str], found: tuple[str, ...]) -> None:
    assert applied(["src/b/x.py"], frozenset(there)) == found


def source(path: str, length: int, repo: str = "acme/a") -> Source:
    text = "a line of it\n" * (length // 13 + 1)
    return Source(repo, path, text[:length], length)


@given(st.lists(st.tuples(st.sampled_from(["acme/a", "acme/b"]), st.integers(1, 30_000)), max_size=8))
def test_what_is_given_has_room_is_the_beginning_and_says_what_is_missing(sizes: list[tuple[str, int]]) -> None:
    sources = [source(f"{number}/AGENTS.md", size, repo) for number, (repo, size) in enumerate(sizes)]

    given_ = fitted(sources)

    assert [one.path for one, _ in given_] == [one.path for one in sources]
    assert sum(one.shown for one, _ in given_) <= MOST
    for (one, text), whole in zip(given_, sources, strict=True):
        assert len(text) == one.shown <= min(LONGEST, one.size)
        assert whole.text.startswith(text)
        assert one.whole == (text == whole.text)


def test_where_room_is_short_the_nearest_file_is_served_first_and_the_first_repository_before_others() -> None:
    near, root, people = source("src/AGENTS.md", 12_000), source("AGENTS.md", 12_000), source("CONTRIBUTING.md", 12_000)
    other = source("AGENTS.md", 12_000, "acme/b")

    shown = {(one.repo, one.path): one.shown for one, _ in fitted([people, root, near, other])}

    assert shown[("acme/a", "src/AGENTS.md")] == shown[("acme/a", "AGENTS.md")] == 12_000
    assert 7_900 < shown[("acme/a", "CONTRIBUTING.md")] < 8_001
    assert shown[("acme/b", "AGENTS.md")] <= 13


def test_a_cut_ends_with_a_line_unless_there_is_none() -> None:
    [(_, lines)] = fitted([source("AGENTS.md", 20_000)])
    [(_, one)] = fitted([Source("acme/a", "AGENTS.md", "x" * 20_000, 20_000)])

    assert lines.endswith("a line of it\n")
    assert one == "x" * LONGEST


@pytest.mark.parametrize(
    ("path", "tells"),
    [
        ("AGENTS.md", True), ("src/agents.md", True), ("CLAUDE.md", True), (".cursor/rules/a.mdc", True),
        ("web/.claude/settings.json", True), (".cursorrules", True), (".github/copilot-instructions.md", True),
        ("CONTRIBUTING.md", False), ("docs/agents.md.txt", False), ("src/claude/app.py", False), ("cursor.py", False),
    ],
)  # fmt: skip
def test_files_that_tell_agents_how_to_work_are_known_by_their_names(path: str, tells: bool) -> None:
    assert tells_agents(path) is tells
