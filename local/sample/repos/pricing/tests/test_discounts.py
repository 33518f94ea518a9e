from decimal import Decimal

import pytest

from acme_pricing import FixedCoupon, Money, PercentageCoupon, PricingError


def test_percentage_gives_the_half_cent_to_the_customer():
    coupon = PercentageCoupon("SPRING", Decimal(10))
    assert coupon.amount_off(Money(1005, "EUR")) == Money(101, "EUR")


@pytest.mark.parametrize("percent", [0, -5, 101])
def test_senseless_percentage_is_refused(percent):
    with pytest.raises(PricingError):
        PercentageCoupon("ODD", Decimal(percent))


def test_fixed_coupon_takes_its_value():
    coupon = FixedCoupon("FIVER", Money(500, "EUR"))
    assert coupon.amount_off(Money(2000, "EUR")) == Money(500, "EUR")


def test_fixed_coupon_never_takes_more_than_the_amount():
    coupon = FixedCoupon("FIVER", Money(500, "EUR"))
    assert coupon.amount_off(Money(300, "EUR")) == Money(300, "EUR")
