import pytest
from invoices import tax
from rates import rate


def test_each_country_has_its_tax():
    assert (tax(10_000), tax(10_000, "DE"), tax(10_000, "CH"), tax(50, "CH")) == (1_900, 1_900, 810, 4)


def test_an_unknown_country_is_an_error():
    with pytest.raises(KeyError):
        rate("XX")
