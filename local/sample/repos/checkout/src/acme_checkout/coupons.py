"""Coupon codes that marketing has handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from acme_pricing.discounts import Coupon

from acme_checkout.errors import UnknownCoupon


@dataclass(frozen=True)
class Campaign:
    """A coupon and the last day on which it counts."""

    coupon: Coupon
    last_day: date


class CouponBook:
    """All campaigns, by code; codes are not case-sensitive."""

    def __init__(self, campaigns: list[Campaign]) -> None:
        self._campaigns = {campaign.coupon.code.upper(): campaign for campaign in campaigns}

    def redeem(self, code: str, today: date) -> Coupon:
        """The coupon behind a code. Raises UnknownCoupon if there is none or it has expired."""
        campaign = self._campaigns.get(code.strip().upper())
        if campaign is None or today > campaign.last_day:
            raise UnknownCoupon(f"{code} is not valid (any more)")
        return campaign.coupon
