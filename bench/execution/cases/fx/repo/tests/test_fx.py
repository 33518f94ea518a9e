from fx import convert


def test_the_same_currency():
    assert convert(100) == 100
