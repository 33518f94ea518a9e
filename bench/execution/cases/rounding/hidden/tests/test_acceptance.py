import pytest
from money import gross, vat


@pytest.mark.parametrize(("net", "percent", "cents"), [(50, 1, 1), (250, 1, 3), (350, 1, 4), (450, 1, 5), (249, 1, 2)])
def test_half_cents_are_rounded_up(net, percent, cents):
    assert vat(net, percent) == cents


def test_no_cent_is_lost_in_large_amounts():
    assert gross(10**17 + 50, 1) == 10**17 + 50 + 10**15 + 1
