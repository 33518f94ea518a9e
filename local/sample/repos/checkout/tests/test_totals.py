from decimal import Decimal

from acme_pricing import FixedCoupon, Money, PercentageCoupon

from acme_checkout.totals import order_totals


def test_shipping_is_added(cart):
    totals = order_totals(cart, "DE")
    assert totals.shipping == Money(490, "EUR")
    assert totals.total == Money(5190, "EUR")


def test_coupon_is_taken_off_the_goods_and_not_off_the_shipping(cart):
    totals = order_totals(cart, "DE", PercentageCoupon("SPRING", Decimal(10)))
    assert totals.coupon == Money(470, "EUR")
    assert totals.total == Money(4700 - 470 + 490, "EUR")


def test_coupon_does_not_bring_the_shipping_fee_back(cart):
    cart.add("POT-07", "Tea pot, one litre", Money(3000, "EUR"))
    totals = order_totals(cart, "DE", FixedCoupon("TWENTY", Money(2000, "EUR")))
    assert totals.total == Money(7700 - 2000, "EUR")


def test_tax_is_contained_in_the_total(cart):
    assert order_totals(cart, "DE").tax == Money(829, "EUR")
