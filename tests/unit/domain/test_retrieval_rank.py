from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ferry.domain.discovery import FileKind, Level
from ferry.domain.errors import NothingFound
from ferry.domain.retrieval.complexity import complexity
from ferry.domain.retrieval.discover import discover
from ferry.domain.retrieval.query import read_query
from ferry.domain.retrieval.rank import Hit, file_signals, rank_files
from ferry.domain.retrieval.route import route
from tests.unit.domain.retrieval_samples import PRICING, index, organisation

WORDS = st.sampled_from(
    ["discount", "coupon", "OrderTotal", "tax", "customer", "order", "`tax_in`", "src/pricing/tax.py", "the", "ß"]
)
TICKETS = st.lists(WORDS | st.text(max_size=10), max_size=12).map(" ".join)


def ranked(text: str, name: str = "acme/pricing") -> list[Hit]:
    return rank_files(read_query(text), index(name, PRICING))


def test_sources_come_before_tests_and_prose_that_say_the_same() -> None:
    kinds = [hit.kind for hit in ranked("discount of a coupon")]

    assert kinds[0] is FileKind.SOURCE
    assert FileKind.TEST in kinds[1:]


def test_a_file_that_defines_what_the_ticket_names_is_first_and_says_why() -> None:
    rules = "def tax_in(gross): ...\n" + "rates = gross, net, country\n" * 2
    texts = {"calls.py": "tax_in(1) + tax_in(2) + tax_in(3) + tax_in(4)\n", "rules.py": rules}

    best = rank_files(read_query("Wrong amounts in tax_in()"), index("acme/pricing", texts))[0]

    assert best.path == "rules.py"
    assert "defines `tax_in`, named in the ticket" in best.evidence


def test_a_file_that_the_ticket_names_is_first_and_says_why() -> None:
    best = ranked("This is off, see pricing/tax.py line 4")[0]

    assert best.path == "src/pricing/tax.py"
    assert best.evidence[0] == "is `pricing/tax.py`, named in the ticket"


def test_a_file_of_a_stack_trace_is_found_below_the_root_of_another_machine() -> None:
    assert ranked('File "/srv/shop/src/pricing/tax.py", line 4, in discount')[0].path == "src/pricing/tax.py"


def test_a_repository_of_much_prose_does_not_swallow_the_ticket() -> None:
    names = [repo.name for repo in discover("Discount on the order total", "", organisation()).repositories]

    assert set(names[:2]) == {"acme/pricing", "acme/checkout"}


def test_evidence_uses_the_words_of_the_ticket() -> None:
    best = discover("Coupons are wrong", "", organisation()).repositories[0]

    assert "src/pricing/discounts.py matches coupons (rare words)" in best.evidence


def test_discovery_without_a_model_is_complete() -> None:
    found = discover("OrderTotal forgets the discount", "Take the coupon off first.", organisation())

    assert {repo.name for repo in found.repositories} >= {"acme/pricing", "acme/checkout"}
    assert [(edge.from_, edge.to) for edge in found.dependencies] == [("acme/checkout", "acme/pricing")]
    assert found.approach.startswith("Begin with ")


@pytest.mark.parametrize("text", ["", "the and of", "zebra quagga", "¡¿"])
def test_a_ticket_without_a_known_word_is_told_so(text: str) -> None:
    with pytest.raises(NothingFound, match="none of 3 repositories"):
        discover(text, "", organisation())


def test_an_organisation_without_repositories_is_told_so() -> None:
    with pytest.raises(NothingFound, match="none of 0"):
        discover("discount", "", [])


@pytest.mark.parametrize(
    ("repositories", "files", "level"),
    [
        (1, 0, "low"),
        (1, 4, "low"),
        (1, 5, "medium"),
        (2, 2, "medium"),
        (2, 15, "medium"),
        (2, 16, "high"),
        (3, 3, "high"),
    ],
)
def test_complexity_follows_the_count(repositories: int, files: int, level: str) -> None:
    assert complexity(repositories, files) is Level(level)


@given(TICKETS, TICKETS)
def test_ranking_never_raises_and_is_the_same_every_time(title: str, text: str) -> None:
    query = read_query(title, text)

    first = [(one.index.repo, one.score) for one in route(query, organisation())]

    assert first == [(one.index.repo, one.score) for one in route(query, list(reversed(organisation())))]
    assert [score for _, score in first] == sorted((score for _, score in first), reverse=True)


@given(TICKETS, st.sampled_from(["zoo/a", "a/discount-coupon", "tax/tax"]))
def test_a_repository_that_is_renamed_keeps_the_order_of_its_files(text: str, name: str) -> None:
    assert [hit.path for hit in ranked(text)] == [hit.path for hit in ranked(text, name)]


def test_little_of_a_ticket_in_a_path_counts_little_even_where_no_path_has_more() -> None:
    texts = {f"src/part{n}.py": f"alpha = beta = gamma = delta = w{n}\n" for n in range(30)}
    texts |= {"src/omega.py": "nothing = 1\n", "src/told.py": "alpha = kappa = lambda_ = sigma = theta\n"}
    query = read_query("kappa and sigma", "kappa sigma theta lambda_ omega " + " ".join(f"w{n}" for n in range(30)))

    signals, _ = file_signals(query, made := index("acme/parts", texts))

    assert 0 < signals["path"][made.numbers["src/omega.py"]] < 1


def test_words_of_a_fenced_block_do_not_count_as_prose() -> None:
    query = read_query("Totals are wrong", "The receipt is off.\n```\nimport numpy\n```\n")

    assert "receipt" in query.prose
    assert "numpy" in query.weights
    assert "numpy" not in query.prose


def test_what_an_uncertain_hit_imports_gets_little_from_it() -> None:
    line = "order = total = words\n"
    sure = {"src/page0.py": f"import helper\n{line}", "src/helper.py": "y = 2\n"}
    alike = sure | {f"src/page{n}.py": line for n in range(1, 6)}
    given = []
    for texts in (alike, sure):
        made = index("acme/news", texts | {f"src/far{n}.py": "x = 1\n" for n in range(9)})
        used = file_signals(read_query("order total words"), made)[0]["used"]
        given.append(used[made.numbers["src/helper.py"]])

    assert given[0] < given[1] / 2
