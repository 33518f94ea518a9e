import pytest

from acme_catalog.facets import facets, size_tier
from acme_catalog.products import Product


@pytest.mark.parametrize(
    ("volume", "tier"),
    [(0, "no vessel"), (1, "small"), (249, "small"), (250, "medium"), (750, "large")],
)
def test_size_tiers_start_where_the_table_says(volume, tier):
    assert size_tier(Product("X", "Vessel", "Cups", volume_ml=volume)) == tier


def test_facets_count_hits(products):
    assert facets(products) == {
        "category": {"Cups": 2, "Pots": 1, "Cutlery": 1},
        "size": {"medium": 2, "large": 1, "no vessel": 1},
    }
