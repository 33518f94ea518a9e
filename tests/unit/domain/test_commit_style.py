"""The style of a history, on histories as they are out there and on generated ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.commit_style import FACES, CommitStyle, Form, detect, trailers, written

NOISE = ("Merge pull request #12 from acme/x", "Bump urllib3 from 1.26 to 2.0", "v1.2.0", 'Revert "Round half up"')
HISTORIES = {
    Form.CONVENTIONAL: ("feat: add tiers", "fix(cart): round half up (#41)", "chore!: drop 3.8", "docs: say why",
                         "test(api): cover 404", "quick fix"),
    Form.BRACKET: ("[pricing] Add tiers", "[cart] Round half up", "[ci] Cache wheels", "[pricing] Fix rounding",
                    "[docs] Say why (#7)"),
    Form.SCOPE: ("net/http: fix race in Server.Close", "cmd/go: quote paths", "runtime: avoid allocation",
                  "net/url: reject spaces", "all: gofmt"),
    Form.TICKET: ("SHOP-12: Add tiers", "SHOP-13: Round half up", "SHOP-9: Cache wheels", "OPS-4: Say why",
                   "SHOP-2: x"),
    Form.GITMOJI: ("✨ Add tiers", "🐛 Round half up", "♻️ Move rounding", "📝 Say why", "⬆️ Upgrade wheels"),
    Form.PLAIN: ("Add tiers", "Round half up", "Let the cart keep its coupon", "Say why", "Fix rounding of VAT"),
}  # fmt: skip
EXPECTED = {
    Form.CONVENTIONAL: "feat: give 5 % off",
    Form.BRACKET: "[pricing] Give 5 % off",
    Form.SCOPE: "pricing: give 5 % off",
    Form.TICKET: "FERRY-1: Give 5 % off",
    Form.GITMOJI: "✨ Give 5 % off",
    Form.PLAIN: "Give 5 % off",
}


@pytest.mark.parametrize("form", HISTORIES, ids=str)
def test_the_style_of_a_history_is_found_among_merges_and_bots_and_followed(form: Form) -> None:
    found = detect([*NOISE, *HISTORIES[form], *NOISE])

    assert found.form is form
    message = "feat: give 5 % off\n\nWhy."
    said = written(message, found, ticket="FERRY-1", file="src/pricing/volume.py")
    assert said == f"{EXPECTED[form]}\n\nWhy."


def test_marks_within_a_form_are_kept() -> None:
    square = detect(["[SHOP-1] Add", "[SHOP-2] Round", "[SHOP-3] Fix", "[SHOP-4] Say", "[SHOP-5] Go"])
    coded = detect([":bug: fix", ":memo: say", ":sparkles: add", ":bug: mend", ":zap: run"])

    assert written("fix: round", square, ticket="FERRY-1", file="a.py") == "[FERRY-1] Round"
    assert written("fix: round", coded, ticket="FERRY-1", file="a.py") == ":bug: round"


def test_a_breaking_change_is_still_said_where_the_first_line_has_no_sign_for_it() -> None:
    plain = detect(HISTORIES[Form.PLAIN])

    said = written("feat(api)!: drop v1\n\nIt was old.", plain, ticket="T-1", file="a.py")

    assert said == "Drop v1\n\nIt was old.\n\nBREAKING CHANGE: drop v1"


@pytest.mark.parametrize(
    "subjects", [(), ("Add",) * 4, ("feat: x", "Add y", "[a] Z", "AB-1: q", "net: w"), NOISE * 10], ids=len
)
def test_a_history_that_shows_no_style_gets_conventional_commits(subjects: tuple[str, ...]) -> None:
    assert detect(subjects) == CommitStyle()


WORDS = st.text("abcdefghij ", min_size=3, max_size=30).map(str.strip).filter(lambda text: len(text) > 1)
SCOPES = st.sampled_from(["pricing", "cart", "net"])
MAKERS = {
    Form.CONVENTIONAL: lambda scope, title: f"fix({scope}): {title}",
    Form.BRACKET: lambda scope, title: f"[{scope}] {title}",
    Form.SCOPE: lambda scope, title: f"{scope}: {title}",
    Form.TICKET: lambda scope, title: f"{scope.upper()}-7: {title}",
    Form.GITMOJI: lambda scope, title: f"🐛 {title}",
    Form.PLAIN: lambda scope, title: title,
}


@given(
    st.sampled_from(list(Form)),
    st.lists(st.tuples(SCOPES, WORDS), min_size=5, max_size=60),
    st.lists(st.sampled_from(NOISE), max_size=40),
)
def test_any_history_of_one_style_is_known_as_that_style_and_what_is_written_belongs_to_it(
    form: Form, made: list[tuple[str, str]], noise: list[str]
) -> None:
    subjects = [MAKERS[form](scope, title) for scope, title in made]

    found = detect([*noise, *subjects])
    said = written("fix: round half up", found, ticket="FERRY-1", file="src/pricing/volume.py")

    assert found.form is form
    assert detect([said] * 5).form is form


@given(st.sampled_from(sorted(FACES)), st.text(max_size=60), st.lists(st.text(max_size=40), max_size=30))
def test_any_history_and_any_title_make_one_line_that_holds_the_title(
    type_: str, title: str, subjects: list[str]
) -> None:
    clean = " ".join(title.split()) or "x"
    found = detect(subjects)

    said = written(f"{type_}: {clean}", found, ticket="FERRY-1", file="src/a.py")

    assert clean[1:] in said.partition("\n")[0]


@given(st.lists(st.tuples(st.sampled_from(["Requested-by", "Approved-by"]), st.text(max_size=200)), max_size=4))
def test_a_trailer_is_one_line_of_its_own_key_without_an_address(pairs: list[tuple[str, str]]) -> None:
    lines = trailers([*pairs, ("Ferry-Task", "t-1/T1")]).splitlines()

    assert lines[-1] == "Ferry-Task: t-1/T1"
    assert all(re.fullmatch(r"(Requested-by|Approved-by|Ferry-Task): \S.*", line) for line in lines)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Mara Lind", "Requested-by: Mara Lind"),
        ("Mara Lind <mara@acme.test>", "Requested-by: Mara Lind"),
        ("mara@acme.test", ""),
        ("Mara\nApproved-by: Mara", "Requested-by: Mara Approved-by: Mara"),
        ("", ""),
    ],
)
def test_a_name_cannot_bring_an_address_or_another_trailer(name: str, said: str) -> None:
    assert trailers([("Requested-by", name)]) == said
