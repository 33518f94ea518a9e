"""The service's HTTP face (WSGI).

POST /totals   a cart as JSON; answers all amounts
POST /orders   the same; charges, and answers the order number and the receipt
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from acme_pricing import Money
from acme_pricing.discounts import Coupon

from acme_checkout.cart import Cart
from acme_checkout.coupons import CouponBook
from acme_checkout.errors import CheckoutError, PaymentDeclined
from acme_checkout.orders import OrderDesk
from acme_checkout.receipt import render_receipt
from acme_checkout.totals import order_totals


class CheckoutApp:
    """A WSGI application over an order desk and a coupon book."""

    def __init__(self, desk: OrderDesk, coupons: CouponBook, today: Callable[[], date]) -> None:
        self._desk = desk
        self._coupons = coupons
        self._today = today
        self._routes = {("POST", "/totals"): self._totals, ("POST", "/orders"): self._order}

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        status, answer = self._answer(environ)
        start_response(status, [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        handle = self._routes.get((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if handle is None:
            return "404 Not Found", {"error": "no such page"}
        try:
            size = int(environ.get("CONTENT_LENGTH") or 0)
            return "200 OK", handle(json.loads(environ["wsgi.input"].read(size)))
        except PaymentDeclined as error:
            return "402 Payment Required", {"error": str(error)}
        except CheckoutError as error:
            return "422 Unprocessable Content", {"error": str(error)}
        except (KeyError, TypeError, ValueError):
            return "400 Bad Request", {"error": "this is not a cart"}

    def _totals(self, body: dict[str, Any]) -> dict[str, Any]:
        totals = order_totals(_cart(body), body["country"], self._coupon(body))
        return {"total": str(totals.total), "tax": str(totals.tax)}

    def _order(self, body: dict[str, Any]) -> dict[str, Any]:
        order = self._desk.place(_cart(body), body["country"], self._today(), self._coupon(body))
        return {"number": order.number, "receipt": render_receipt(order)}

    def _coupon(self, body: dict[str, Any]) -> Coupon | None:
        code = body.get("coupon")
        return self._coupons.redeem(code, self._today()) if code else None


def _cart(body: dict[str, Any]) -> Cart:
    cart = Cart(body["currency"])
    for line in body["lines"]:
        price = Money.parse(line["unit_price"], cart.currency)
        cart.add(line["sku"], line["title"], price, line["quantity"])
    return cart
