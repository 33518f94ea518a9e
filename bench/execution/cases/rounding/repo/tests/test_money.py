from money import gross, vat


def test_vat_of_a_round_amount():
    assert vat(10_000, 19) == 1_900


def test_gross_is_net_and_vat():
    assert gross(10_000, 7) == 10_700
