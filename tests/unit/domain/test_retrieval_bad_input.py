from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.discovery import FileKind
from ferry.domain.errors import InvalidDocument, NothingFound
from ferry.domain.retrieval.clean import clean
from ferry.domain.retrieval.discover import discover
from ferry.domain.retrieval.documents import FileFacts, read_file
from ferry.domain.retrieval.find import find
from ferry.domain.retrieval.index import Commit, Index, build, open_index
from ferry.domain.retrieval.traces import frames
from tests.unit.domain.retrieval_samples import CHECKOUT, PRICING, facts, index, organisation

CONTENTS = st.dictionaries(st.sampled_from(["a.py", "A.py", "b/a.py", "tests/test_a.py"]), st.text(max_size=60))


def words_of(file: FileFacts | None) -> int:
    assert file is not None
    return file.length


@pytest.mark.parametrize(
    ("data", "read"),
    [
        (b"", False),
        (b"PK\0\1", False),
        (b"x" * 600_000, False),
        (b"word " * 300_000, False),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", True),
        ("café = größe".encode("latin-1"), True),
    ],
    ids=["empty", "binary", "one line", "giant", "LFS pointer", "no UTF-8"],
)
def test_of_what_is_no_text_only_the_path_is_known(data: bytes, read: bool) -> None:
    assert (words_of(read_file("src/a.py", data)) > 0) is read


def test_paths_that_differ_in_case_alone_are_two_files() -> None:
    both = index("acme/x", {"src/Cart.py": "class Cart: ...\n", "src/cart.py": "def discount(): ...\n"})

    assert both.paths == ("src/Cart.py", "src/cart.py")
    assert [hit.path for hit in find("discount", "", [both], 1)] == ["src/cart.py"]


def test_a_megabyte_of_text_is_cut_to_what_counts() -> None:
    began = time.process_time()
    assert find("discount", "order total\n" * 90_000, organisation(), 3)
    assert find("discount", "x" * 1_000_000, organisation(), 3)
    assert time.process_time() - began < 5


def test_an_organisation_without_a_repository_finds_nothing_and_says_so() -> None:
    assert find("discount", "", [], 5) == ()
    with pytest.raises(NothingFound, match="none of 0 repositories"):
        discover("discount", "", [])


@pytest.mark.parametrize("k", range(1, 12))
def test_a_short_list_is_the_beginning_of_a_long_one(k: int) -> None:
    asked = "discount coupon order total", "the `tax_in` of pages"

    assert find(*asked, organisation(), k) == find(*asked, organisation(), 100)[:k]


def test_an_index_without_files_finds_nothing() -> None:
    assert find("discount", "", [build("acme/empty", "", [])], 5) == ()
    assert find("", "", organisation(), 5) == ()


@given(CONTENTS, CONTENTS)
def test_a_push_leaves_what_a_fresh_build_finds(before: dict[str, str], after: dict[str, str]) -> None:
    old = build("acme/x", "1", facts(before))
    changed = {path: text for path, text in after.items() if before.get(path) != text}

    pushed = open_index(old.updated("2", facts(changed), before.keys() - after.keys()).to_bytes())

    fresh = build("acme/x", "2", facts(after))
    assert pushed.paths == fresh.paths
    assert {file for n, file in enumerate(pushed.files) if n in pushed.live} == set(fresh.files)
    assert [name for name in ("a", "b") if pushed.defining(name)] == [n for n in ("a", "b") if fresh.defining(n)]


def test_a_push_replaces_what_a_manifest_said() -> None:
    old = index("acme/checkout", CHECKOUT)

    new = old.updated("2", facts({"pyproject.toml": '[project]\nname = "till"\n'}))

    assert new.manifest.projects == ("till",)
    assert old.manifest.projects == ("acme-checkout",)
    assert new.updated("3", [], ["pyproject.toml"]).manifest.projects == ()


@given(st.integers(min_value=0, max_value=400), st.binary(max_size=8))
def test_a_damaged_index_is_refused_or_read_never_worse(at: int, damage: bytes) -> None:
    whole = index("acme/pricing", PRICING).to_bytes()

    try:
        found = open_index(whole[:at] + damage + whole[at + len(damage) :])
        assert isinstance(found, Index)
    except InvalidDocument:
        pass


def test_a_commit_of_like_words_is_evidence() -> None:
    history = [Commit("Round the tax of exports", ("src/pricing/tax.py",)), Commit("Release", ("README.md",))]
    known = build("acme/pricing", "1", facts(PRICING), history)

    best = find("Exports are rounded wrong", "", [known], 1)[0]

    assert best.path == "src/pricing/tax.py"
    assert "changed by a commit of like words: “Round the tax of exports”" in best.evidence


@pytest.mark.parametrize(
    ("trace", "path", "name"),
    [
        ('File "/srv/shop/cart.py", line 3, in total', "/srv/shop/cart.py", "total"),
        ("at com.acme.Cart.total(Cart.java:12)", "com/acme/Cart.java", "total"),
        ("at Cart.total (/srv/shop/cart.js:3:9)", "/srv/shop/cart.js", "total"),
        ("main.total(...)\n\t/srv/shop/cart.go:12 +0x1d", "/srv/shop/cart.go", ""),
        ("at src/cart.rs:12:5", "src/cart.rs", ""),
        ("cart.rb:12:in `total'", "cart.rb", "total"),
        ("at Acme.Cart.Total(Int32 n) in /srv/Cart.cs:line 12", "/srv/Cart.cs", "Total"),
    ],
)
def test_frames_of_seven_languages_are_read(trace: str, path: str, name: str) -> None:
    assert (path, name) in frames(trace)


def test_what_a_form_asked_for_is_no_word_of_the_ticket() -> None:
    said = clean(
        "<!-- be kind -->\n### Expected behavior\n- [x] I searched\nnumpy: 1.2.3\nTotals are wrong\npip==9.0.1"
    )

    assert said.split() == ["Totals", "are", "wrong"]


def test_a_link_to_a_file_is_its_path() -> None:
    assert clean("see https://github.com/acme/x/blob/main/src/cart.py#L3").split() == ["see", "src/cart.py"]


def test_kinds_are_told_apart_in_every_answer() -> None:
    kinds = [hit.kind for hit in find("discount coupon", "", [index("acme/pricing", PRICING)], 5)]

    assert kinds == sorted(kinds, key=[FileKind.SOURCE, FileKind.TEST, FileKind.CONFIG].index)
