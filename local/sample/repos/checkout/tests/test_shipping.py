import pytest
from acme_pricing import Money

from acme_checkout.errors import NoDelivery
from acme_checkout.shipping import shipping_fee


@pytest.mark.parametrize(("goods", "fee"), [(5999, 490), (6000, 0), (20000, 0)])
def test_sending_is_free_from_sixty_euros(goods, fee):
    assert shipping_fee(Money(goods, "EUR"), "DE") == Money(fee, "EUR")


def test_country_without_delivery():
    with pytest.raises(NoDelivery, match="US"):
        shipping_fee(Money(100, "EUR"), "US")
