from feeds import prices


def test_a_decimal_point():
    assert prices("cup;2.50\npot;12") == {"cup": 250, "pot": 1200}


def test_a_line_without_a_price():
    assert prices("cup;\npot;12") == {"pot": 1200}
