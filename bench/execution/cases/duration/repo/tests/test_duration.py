from duration import seconds


def test_one_part():
    assert seconds("45s") == 45


def test_several_parts_add_up():
    assert seconds("1h 30m") == 5400
