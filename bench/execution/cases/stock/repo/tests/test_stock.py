from stock import Stock


def test_what_is_reserved_is_not_available():
    stock = Stock({"cup": 5})
    stock.reserve("cup", 2)
    assert stock.available("cup") == 3


def test_the_last_piece_can_be_reserved():
    stock = Stock({"cup": 1})
    stock.reserve("cup", 1)
    assert stock.available("cup") == 0


def test_what_is_released_is_available_again():
    stock = Stock({"cup": 5})
    stock.release("cup", 1)
    assert stock.available("cup") == 6
