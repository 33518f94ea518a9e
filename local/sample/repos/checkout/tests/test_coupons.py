from datetime import date
from decimal import Decimal

import pytest
from acme_pricing import PercentageCoupon

from acme_checkout.coupons import Campaign, CouponBook
from acme_checkout.errors import UnknownCoupon

SPRING = PercentageCoupon("SPRING", Decimal(10))
BOOK = CouponBook([Campaign(SPRING, last_day=date(2026, 5, 31))])


def test_code_counts_up_to_its_last_day():
    assert BOOK.redeem(" spring ", date(2026, 5, 31)) is SPRING


@pytest.mark.parametrize(
    ("code", "today"), [("SPRING", date(2026, 6, 1)), ("AUTUMN", date(2026, 5, 1))]
)
def test_expired_or_invented_code_is_refused(code, today):
    with pytest.raises(UnknownCoupon, match=code):
        BOOK.redeem(code, today)
