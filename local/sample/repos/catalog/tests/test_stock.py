import pytest

from acme_catalog.errors import OutOfStock
from acme_catalog.stock import Stock


@pytest.fixture
def stock():
    stock = Stock()
    stock.receive("MUG-01", 12)
    return stock


def test_reserved_pieces_are_not_free(stock):
    stock.reserve("MUG-01", 10)
    assert stock.free("MUG-01") == 2


def test_nothing_is_promised_that_is_not_there(stock):
    with pytest.raises(OutOfStock, match="12 left"):
        stock.reserve("MUG-01", 13)
    assert stock.free("MUG-01") == 12


def test_shipping_does_not_change_what_is_free(stock):
    stock.reserve("MUG-01", 10)
    stock.ship("MUG-01", 10)
    assert stock.free("MUG-01") == 2


def test_empty_delivery_is_refused(stock):
    with pytest.raises(ValueError, match="at least one"):
        stock.receive("MUG-01", 0)
