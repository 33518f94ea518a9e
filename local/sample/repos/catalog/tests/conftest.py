import pytest

from acme_catalog.products import Catalog, Product


@pytest.fixture
def products():
    return [
        Product("MUG-01", "Mug, blue", "Cups", "Holds a large coffee", 350),
        Product("MUG-02", "Mug, red", "Cups", "Left over from spring", 350, discontinued=True),
        Product("POT-07", "Tea pot, one litre", "Pots", "Goes with our blue mugs", 1000),
        Product("SPN-03", "Tea spoon", "Cutlery", "Sold by the dozen"),
    ]


@pytest.fixture
def catalog(products):
    catalog = Catalog()
    for product in products:
        catalog.add(product)
    return catalog
