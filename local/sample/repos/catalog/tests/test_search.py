import pytest

from acme_catalog.search import SearchIndex, words


def test_words_lose_case_and_plural():
    assert words("Blue Mugs, size S") == ["blue", "mug", "size", "s"]


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("mugs", ["MUG-01", "MUG-02", "POT-07"]),
        ("blue mug", ["MUG-01", "POT-07"]),
        ("tea", ["POT-07", "SPN-03"]),
        ("blue spoon", []),
        ("", []),
    ],
)
def test_every_word_must_be_there_and_titles_count_most(products, query, skus):
    assert [product.sku for product in SearchIndex(products).find(query)] == skus


def test_limit(products):
    assert len(SearchIndex(products).find("mug", limit=2)) == 2
