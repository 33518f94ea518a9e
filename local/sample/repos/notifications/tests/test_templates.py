import pytest

from acme_notifications.errors import MissingValue, UnknownTemplate
from acme_notifications.templates import render

ORDER = {"number": "A26-00001", "name": "Noor", "total": "51.90 EUR"}


def test_order_confirmation_has_the_total():
    message = render("order_confirmed", "en", **ORDER)
    assert message.subject == "Your order A26-00001"
    assert "Order total: 51.90 EUR" in message.body


def test_language_of_the_customer():
    assert render("order_confirmed", "de", **ORDER).subject == "Ihre Bestellung A26-00001"


def test_english_where_there_is_no_translation():
    message = render("order_sent", "de", number="A26-00001", name="Noor", tracking="ACME123")
    assert message.subject == "Order A26-00001 is on its way"


def test_missing_value_is_named():
    with pytest.raises(MissingValue, match="campaign needs code"):
        render("campaign", "en", percent="10", name="Noor", last_day="2026-05-31")


def test_unknown_template():
    with pytest.raises(UnknownTemplate, match="refund"):
        render("refund", "en")
