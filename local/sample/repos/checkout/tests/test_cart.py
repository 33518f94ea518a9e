import pytest
from acme_pricing import Money

from acme_checkout.cart import Cart
from acme_checkout.errors import BadQuantity, EmptyCart


def test_more_of_the_same_item_stays_one_line(cart):
    cart.add("MUG-01", "Mug, blue", Money(850, "EUR"), 3)
    assert [(line.sku, line.quantity) for line in cart.lines] == [("MUG-01", 5), ("POT-07", 1)]


def test_goods_are_all_lines_together(cart):
    assert cart.goods == Money(4700, "EUR")


def test_removed_item_costs_nothing(cart):
    cart.remove("POT-07")
    assert cart.goods == Money(1700, "EUR")


def test_empty_cart_has_no_value():
    with pytest.raises(EmptyCart):
        _ = Cart("EUR").goods


@pytest.mark.parametrize("quantity", [0, -1, 1000])
def test_senseless_quantity_is_refused(cart, quantity):
    with pytest.raises(BadQuantity):
        cart.add("CUP-02", "Cup", Money(500, "EUR"), quantity)
