from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.discovery import FileKind
from ferry.domain.errors import InvalidDocument
from ferry.domain.retrieval.definitions import definitions
from ferry.domain.retrieval.dependencies import edges, merged, touching
from ferry.domain.retrieval.documents import MAX_BYTES, decode, kind_of, wanted
from ferry.domain.retrieval.index import build, open_index
from ferry.domain.retrieval.manifests import Manifest, read_manifests
from tests.unit.domain.retrieval_samples import PRICING, facts, index, organisation

ANY_FILES = st.dictionaries(
    st.sampled_from(["README.md", "pyproject.toml", "package.json", "src/a.py", "src/b.js", "tests/test_a.py", "x"])
    | st.text(min_size=1, max_size=20),
    st.text(max_size=200),
    max_size=6,
)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/app.py", FileKind.SOURCE),
        ("src/contest.py", FileKind.SOURCE),
        ("tests/conftest.py", FileKind.TEST),
        ("src/app/test_views.py", FileKind.TEST),
        ("web/cart.test.js", FileKind.TEST),
        ("pkg/order_test.go", FileKind.TEST),
        ("pyproject.toml", FileKind.CONFIG),
        ("README.md", FileKind.CONFIG),
        ("Makefile", FileKind.CONFIG),
    ],
)
def test_a_path_tells_the_kind(path: str, kind: FileKind) -> None:
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    "path", ["node_modules/x/a.js", "web/vendor/a.js", ".git/config", "package-lock.json", "app.min.js", "a/uv.lock"]
)
def test_what_others_wrote_or_tools_made_is_left_out(path: str) -> None:
    assert not wanted(path)
    assert wanted("src/vendors.py")


def test_binary_and_oversized_files_are_no_text() -> None:
    assert decode(b"PK\x00\x01") is None
    assert decode(b"a" * (MAX_BYTES + 1)) is None
    assert decode(b"caf\xe9") == "caf\N{REPLACEMENT CHARACTER}"


def test_definitions_of_python_and_javascript_are_found() -> None:
    python = "class A:\n    async def b(self): ...\nLIMIT: int = 3\nvalue = 1\n"
    assert definitions("py", python) == ("A", "b", "LIMIT")
    script = "export default class Cart {}\nexport const total = 1\nfunction* rows() {}\n"
    assert definitions("js", script) == ("Cart", "total", "rows")


def test_an_index_survives_its_own_bytes() -> None:
    before = index("acme/pricing", PRICING)

    after = open_index(before.to_bytes())

    assert after.to_bytes() == before.to_bytes()
    assert after.files == before.files
    assert after.defining("Coupon") == before.defining("coupon") != []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        index("acme/pricing", PRICING).to_bytes()[:-1],
        index("acme/pricing", PRICING).to_bytes() + b"x",
        index("acme/pricing", PRICING).to_bytes().replace(b"FERRYIX3", b"FERRYIX1"),
    ],
)
def test_an_index_of_another_make_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(InvalidDocument):
        open_index(data)


@given(ANY_FILES)
def test_no_repository_makes_it_raise(texts: dict[str, str]) -> None:
    built = index("acme/any", texts)

    assert open_index(built.to_bytes()).files == built.files
    assert built.to_bytes() == build("acme/any", "0" * 40, facts(dict(reversed(texts.items())))).to_bytes()


def test_manifests_name_what_a_repository_is() -> None:
    poetry = '[tool.poetry]\nname = "Acme_Web"\n[tool.poetry.dependencies]\npython = "^3.11"\nacme-pricing = "*"\n'
    assert read_manifests({"pyproject.toml": poetry}).projects == ("acme-web",)
    package = json.dumps({"name": "@acme/web", "description": "The shop", "dependencies": ["odd"]})
    assert read_manifests({"package.json": package}) == Manifest(("@acme/web",), "The shop")


@pytest.mark.parametrize(
    "text", ["", "[", "[" * 100_000, '{"name": 3}', "name = ", "[project]\nname = 3", "null", "[]"]
)
def test_a_broken_manifest_says_nothing(text: str) -> None:
    said = read_manifests({"pyproject.toml": text, "package.json": text})
    assert said.projects == ()


def test_a_requirement_that_another_repository_answers_is_an_edge_with_its_proof() -> None:
    (edge,) = edges(organisation())

    assert (edge.from_, edge.to, edge.kind) == ("acme/checkout", "acme/pricing", "shared-lib")
    assert edge.description == "checkout's pyproject.toml:3 requires acme-pricing"
    assert touching([edge], ["acme/pricing"]) == (edge,)
    assert touching([edge], ["acme/news"]) == ()


def test_what_a_manifest_proves_is_never_lost_by_what_somebody_says() -> None:
    (edge,) = edges(organisation())
    said = edge.model_copy(update={"description": "totals use its Money"})

    assert merged((), [edge]) == (edge,)
    (both,) = merged([said], [edge])
    assert both.description == "totals use its Money (checkout's pyproject.toml:3 requires acme-pricing)"
    assert merged([both], [edge]) == (both,)
