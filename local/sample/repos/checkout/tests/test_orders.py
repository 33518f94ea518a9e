from datetime import date

import pytest
from acme_pricing import Money

from acme_checkout.errors import PaymentDeclined
from acme_checkout.orders import OrderDesk

TODAY = date(2026, 9, 14)


def test_customer_is_charged_the_total(cart):
    charged = []
    desk = OrderDesk(lambda number, amount: charged.append((number, amount)))
    order = desk.place(cart, "DE", TODAY)
    assert charged == [("A26-00001", Money(5190, "EUR"))]
    assert desk.find("A26-00001") is order


def test_numbers_run_on(cart):
    desk = OrderDesk(lambda number, amount: None, first_number=41)
    numbers = [desk.place(cart, "DE", TODAY).number for _ in range(2)]
    assert numbers == ["A26-00041", "A26-00042"]


def test_declined_payment_leaves_no_order(cart):
    def decline(number, amount):
        raise PaymentDeclined("card declined")

    desk = OrderDesk(decline)
    with pytest.raises(PaymentDeclined):
        desk.place(cart, "DE", TODAY)
    assert desk.find("A26-00001") is None
