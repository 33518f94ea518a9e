import pytest

from acme_catalog.errors import DuplicateProduct, UnknownProduct
from acme_catalog.products import Product


def test_discontinued_products_are_not_on_sale(catalog):
    assert [product.sku for product in catalog.on_sale()] == ["MUG-01", "POT-07", "SPN-03"]


def test_item_number_can_be_taken_only_once(catalog):
    with pytest.raises(DuplicateProduct, match="MUG-01"):
        catalog.add(Product("MUG-01", "Another mug", "Cups"))


def test_unknown_item_number(catalog):
    with pytest.raises(UnknownProduct, match="NOSUCH"):
        catalog.get("NOSUCH")
