from decimal import Decimal

import pytest

from acme_pricing import CurrencyMismatch, Money, Rounding, UnknownCurrency


def test_amounts_of_one_currency_add_and_subtract():
    assert Money(1250, "EUR") + Money(50, "EUR") == Money(1300, "EUR")
    assert Money(1250, "EUR") - Money(1300, "EUR") == Money(-50, "EUR")


def test_two_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "GBP")


def test_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        Money(1, "XYZ")


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.50", "EUR", 1250), ("0.005", "EUR", 1), ("980", "JPY", 980), ("-3.1", "GBP", -310)],
)
def test_parse_reads_what_people_write(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1250, "EUR"), "12.50 EUR"),
        (Money(-5, "GBP"), "-0.05 GBP"),
        (Money(980, "JPY"), "980 JPY"),
    ],
)
def test_text_has_the_digits_of_the_currency(money, text):
    assert str(money) == text


def test_percent_rounds_as_told():
    assert Money(50, "EUR").percent(Decimal(5), Rounding.HALF_UP) == Money(3, "EUR")
    assert Money(50, "EUR").percent(Decimal(5), Rounding.HALF_EVEN) == Money(2, "EUR")
