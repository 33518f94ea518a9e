import io
import json
from datetime import date
from decimal import Decimal

import pytest
from acme_pricing import PercentageCoupon

from acme_checkout.app import CheckoutApp
from acme_checkout.coupons import Campaign, CouponBook
from acme_checkout.errors import PaymentDeclined
from acme_checkout.orders import OrderDesk

MUGS = {"sku": "MUG-01", "title": "Mug, blue", "unit_price": "8.50", "quantity": 2}
CART = {"currency": "EUR", "country": "DE", "lines": [MUGS]}
BOOK = CouponBook([Campaign(PercentageCoupon("SPRING", Decimal(10)), date(2026, 5, 31))])


def accept(number, amount):
    """Every card is good."""


def decline(number, amount):
    raise PaymentDeclined("card declined")


def post(path, body, charge=accept):
    app = CheckoutApp(OrderDesk(charge), BOOK, lambda: date(2026, 5, 4))
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "CONTENT_LENGTH": str(len(raw)),
        "wsgi.input": io.BytesIO(raw),
    }
    statuses = []
    answer = b"".join(app(environ, lambda status, headers: statuses.append(status)))
    return statuses[0], json.loads(answer)


def test_totals():
    assert post("/totals", CART) == ("200 OK", {"total": "21.90 EUR", "tax": "3.50 EUR"})


def test_totals_with_a_coupon():
    assert post("/totals", {**CART, "coupon": "spring"})[1]["total"] == "20.20 EUR"


def test_order_comes_with_its_receipt():
    status, answer = post("/orders", CART)
    assert (status, answer["number"]) == ("200 OK", "A26-00001")
    assert "Total" in answer["receipt"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", "400 Bad Request"),
        ({"currency": "EUR"}, "400 Bad Request"),
        ({**CART, "country": "US"}, "422 Unprocessable Content"),
        ({**CART, "coupon": "NOSUCH"}, "422 Unprocessable Content"),
    ],
)
def test_bad_orders_are_answered_politely(body, status):
    assert post("/orders", body)[0] == status


def test_declined_card():
    assert post("/orders", CART, decline)[0] == "402 Payment Required"


def test_unknown_page():
    assert post("/refunds", CART)[0] == "404 Not Found"
