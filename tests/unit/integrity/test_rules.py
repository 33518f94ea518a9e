"""What the corpus does not say: severities, plans, policies, locks, and links."""

from __future__ import annotations

import pytest

from ferry.adapters.detect_secrets import scan
from ferry.adapters.tree_sitter import parse
from ferry.domain.integrity import Asked, Change, Finding, inspect
from ferry.domain.integrity.plans import allowed_by

BEFORE = b"from price import gross\n\ndef test_gross():\n    assert gross(100) == 119\n"
AFTER = BEFORE.replace(b"119", b"121")
EXPECTATION = Change("tests/test_price.py", BEFORE, AFTER)
PLAN = {
    "summary": "The rate rises.",
    "tasks": [
        {"repo": "acme/shop", "file": "price.py", "test_file": "tests/test_price.py", "description": "21 percent"}
    ],
}


def look(*changes: Change, **given: object) -> list[Finding]:
    return list(inspect(changes, parse=parse, scan=scan, **given))  # type: ignore[arg-type]


def test_a_changed_expectation_blocks_where_nobody_asked_for_it() -> None:
    assert [(one.rule, one.severity, one.line) for one in look(EXPECTATION)] == [("expectation-changed", "block", 4)]


def test_a_changed_expectation_is_asked_about_in_a_test_that_the_plan_names() -> None:
    found = look(EXPECTATION, asked=Asked(frozenset({"tests/test_price.py"})))

    assert [(one.rule, one.severity) for one in found] == [("expectation-asked", "ask")]


def test_an_expectation_that_the_plan_spells_out_is_no_finding() -> None:
    assert not look(EXPECTATION, asked=Asked(frozenset({"tests/test_price.py"}), "gross of 100 is 121"))


def test_a_longer_number_in_the_plan_names_no_shorter_one() -> None:
    assert look(EXPECTATION, asked=Asked(frozenset(), "order 51217 was wrong"))


def test_a_plan_says_where_may_be_written_and_which_tests_change() -> None:
    paths, asked = allowed_by({"plan": PLAN}, "shop")

    assert paths == {"price.py", "tests/test_price.py"}
    assert asked.tests == {"tests/test_price.py"}
    assert "21 percent" in asked.words


def test_a_plan_of_another_repository_allows_nothing_here() -> None:
    assert allowed_by(PLAN, "acme/other")[0] == frozenset()


def test_a_policy_turns_a_question_into_a_stop_and_back() -> None:
    noqa = Change("a.py", b"import os\n", b"import os  # noqa: F401\n")

    assert [one.severity for one in look(noqa)] == ["ask"]
    assert [one.severity for one in look(noqa, policy={"suppression-added": "block"})] == ["block"]


def test_a_link_in_the_place_of_a_file_is_refused() -> None:
    assert [one.rule for one in look(Change("src/a", b"x", b"/etc/passwd", odd="link"))] == ["strange-path"]


def test_dependencies_without_the_lock_file_that_is_there_are_asked_about() -> None:
    manifest = Change("package.json", b'{\n"dependencies": {}\n}', b'{\n"dependencies": {"a": "1.0.0"}\n}')

    assert [one.rule for one in look(manifest, known={"package-lock.json"})] == ["manifest-without-lock"]
    assert not look(manifest, known={"README.md"})


def test_a_secret_on_a_line_of_an_assertion_is_not_quoted_by_another_rule() -> None:
    token = "ghp_" + "b7Q2mZp4Xw8LtB5rDk9Js3Vn6Hf1Yc0Ga2Qe"
    after = f'def test_a():\n    assert f() == "{token}"\n'.encode()
    found = look(Change("tests/test_a.py", b'def test_a():\n    assert f() == "x"\n', after))

    assert {"secret", "expectation-changed"} == {one.rule for one in found}
    assert not [one for one in found if token in one.message]


def test_a_comment_in_the_text_does_not_silence_the_search_for_secrets() -> None:
    token = "AKIA" + "Q3TZ7MXW4LPN2RVK"

    assert look(Change("a.py", None, f"k = '{token}'  # pragma: allowlist secret\n".encode()))


@pytest.mark.parametrize("path", ["PLAN.md", ".gitattributes", ".github/workflows/ci.yml", "CODEOWNERS", "../x"])
def test_what_is_never_for_agents_blocks_although_the_plan_names_it(path: str) -> None:
    assert [one.severity for one in look(Change(path, None, b"x"), allowed={path})] == ["block"]


@pytest.mark.parametrize(
    ("path", "text", "line", "says"),
    [
        ("slug.py", "def slug(title):\n    return sub(title.lower()\n", 2, "this is no Python: '(' was never closed"),
        ("Slug.java", "class Slug {\n    int x = ;\n}\n", 2, "this is no Java"),
        ("slug.ts", "const a = 1;\nconst b = (;\n", 2, "this is no TypeScript"),
    ],
)
def test_what_cannot_be_parsed_is_told_with_its_line_and_in_plain_words(
    path: str, text: str, line: int, says: str
) -> None:
    [found] = look(Change(path, b"", text.encode()))

    assert (found.rule, found.line, found.message) == ("unparsable", line, says)
