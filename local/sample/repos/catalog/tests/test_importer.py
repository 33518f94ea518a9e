import pytest

from acme_catalog.errors import BadRow
from acme_catalog.importer import COLUMNS, read_products
from acme_catalog.products import Product

HEADER = ",".join(COLUMNS)


def test_rows_become_products():
    lines = [HEADER, "CUP-02, Cup ,Cups,,180", "SPN-03,Tea spoon,Cutlery,By the dozen,"]
    assert list(read_products(lines)) == [
        Product("CUP-02", "Cup", "Cups", "", 180),
        Product("SPN-03", "Tea spoon", "Cutlery", "By the dozen", 0),
    ]


@pytest.mark.parametrize("row", [",Cup,Cups,,180", "CUP-02,Cup,Cups,,much", "CUP-02"])
def test_row_that_makes_no_sense_is_named(row):
    with pytest.raises(BadRow, match="row 2"):
        list(read_products([HEADER, row]))
