from datetime import date
from decimal import Decimal

from acme_pricing import PercentageCoupon

from acme_checkout.orders import OrderDesk
from acme_checkout.receipt import WIDTH, render_receipt


def receipt_of(cart, coupon=None):
    desk = OrderDesk(lambda number, amount: None)
    return render_receipt(desk.place(cart, "DE", date(2026, 9, 14), coupon))


def test_receipt_lists_items_and_amounts(cart):
    assert receipt_of(cart) == (
        "Order A26-00001                 2026-09-14\n"
        "------------------------------------------\n"
        "Mug, blue\n"
        "  2 x 8.50 EUR                   17.00 EUR\n"
        "Tea pot, one litre\n"
        "  1 x 30.00 EUR                  30.00 EUR\n"
        "------------------------------------------\n"
        "Goods                            47.00 EUR\n"
        "Shipping                          4.90 EUR\n"
        "Total                            51.90 EUR\n"
        "VAT included                      8.29 EUR\n"
    )


def test_coupon_has_a_row_of_its_own(cart):
    text = receipt_of(cart, PercentageCoupon("SPRING", Decimal(10)))
    assert "Coupon                           -4.70 EUR\n" in text


def test_no_row_is_wider_than_the_paper(cart):
    assert all(len(row) <= WIDTH for row in receipt_of(cart).splitlines())
