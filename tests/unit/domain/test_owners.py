"""CODEOWNERS as GitHub documents it; its own examples among them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferry.domain.retrieval.discover import discover
from ferry.domain.retrieval.owners import Owners, read_owners
from tests.unit.domain.organisation_of_five import FIVE
from tests.unit.domain.retrieval_samples import facts, index

EXAMPLE = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", ("@global-owner1", "@global-owner2")),
        ("deep/in/x.js", ("@js-owner",)),
        ("main.go", ("docs@example.com",)),
        ("a/b.txt", ("@octo-org/octocats",)),
        ("build/logs/today.bin", ("@octocat",)),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("src/apps/one.c", ("@octocat",)),
        ("scripts/x/y.sh", ("@doctocat", "@octocat")),
        ("deeply/nested/logs/x", ("@octocat",)),
        ("apps/other", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/x", ()),
    ],
)
def test_githubs_own_example_is_read_as_github_says(path: str, owners: tuple[str, ...]) -> None:
    assert read_owners({"CODEOWNERS": EXAMPLE}).of(path) == owners


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("docs/*", "docs/a.md", True),
        ("docs/*", "docs/deep/a.md", False),
        ("docs/**", "docs/deep/a.md", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("?.md", "a.md", True),
        ("?.md", "ab.md", False),
        ("my\\ file.md", "my file.md", True),
        ("src", "src/deep/x", True),
        ("/src", "lib/src/x", False),
        ("src/", "src", False),
        ("A.md", "a.md", False),
        ("a.md", "axmd", False),
        ("[ab].md", "a.md", False),
        ("!a.md", "a.md", False),
    ],
)
def test_a_pattern_matches_as_gitignore_has_it(pattern: str, path: str, matches: bool) -> None:
    assert bool(read_owners({"CODEOWNERS": f"{pattern} @a\n"}).of(path)) is matches


def test_the_first_of_three_places_counts_alone() -> None:
    texts = {"docs/CODEOWNERS": "* @docs", "CODEOWNERS": "* @root", ".github/CODEOWNERS": "* @github"}
    assert read_owners(texts).of("x") == ("@github",)
    del texts[".github/CODEOWNERS"]
    assert read_owners(texts).of("x") == ("@root",)
    assert read_owners({"docs/CODEOWNERS": "* @docs"}).of("x") == ("@docs",)
    assert read_owners({"src/CODEOWNERS": "* @src"}) == Owners()


def test_a_line_that_cannot_be_read_is_skipped_and_the_others_are_not() -> None:
    assert read_owners({"CODEOWNERS": "* @a\n* nobody\n*** @b @\n\x00\n"}).of("x") == ("@a",)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="*/?ab[]! \\#@.\n", max_size=60), st.text(alphabet="ab/.", max_size=60))
def test_no_file_makes_it_raise_or_hang(text: str, path: str) -> None:
    assert isinstance(read_owners({"CODEOWNERS": text}).of(path), tuple)


def test_discovery_says_whose_the_files_are_and_a_push_changes_it() -> None:
    pricing = index("acme/pricing", dict(FIVE["acme/pricing"]))
    ranked = discover("prices changed is published twice", "", [pricing]).repositories[0]
    owned = {file.path: file.owners for file in ranked.files}

    assert owned["src/pricing/changes.py"] == ("@acme/pricing",)
    assert "src/pricing/changes.py is owned by @acme/pricing (CODEOWNERS)" in ranked.evidence
    later = pricing.updated("2", facts({".github/CODEOWNERS": "* @acme/tills\n"}))
    assert later.owners.of("src/pricing/changes.py") == ("@acme/tills",)


def test_a_long_file_of_owners_is_read_to_its_last_rule() -> None:
    text = "".join(f"/folder{number}/ @acme/team{number}\n" for number in range(5000)) + "* @acme/last\n"

    assert index("acme/big", {"CODEOWNERS": text, "a.py": ""}).owners.of("folder3/x") == ("@acme/last",)
