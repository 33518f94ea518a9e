import pytest
from stock import OutOfStock, Stock


@pytest.mark.parametrize(("article", "count"), [("cup", 6), ("pot", 1)])
def test_more_than_there_is_is_refused_and_nothing_changes(article, count):
    stock = Stock({"cup": 5})
    before = stock.available(article)
    with pytest.raises(OutOfStock):
        stock.reserve(article, count)
    assert stock.available(article) == before


def test_all_there_is_can_be_reserved():
    stock = Stock({"cup": 5})
    stock.reserve("cup", 5)
    assert stock.available("cup") == 0
