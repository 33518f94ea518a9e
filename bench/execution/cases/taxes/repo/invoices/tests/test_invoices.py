from invoices import tax


def test_germany():
    assert tax(10_000) == 1_900
