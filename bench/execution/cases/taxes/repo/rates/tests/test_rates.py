import rates


def test_germany():
    assert rates.GERMANY == 190
