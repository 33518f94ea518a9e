import pytest
from acme_pricing import Money

from acme_checkout.cart import Cart


@pytest.fixture
def cart():
    """Two mugs and a tea pot: 47.00 euros."""
    cart = Cart("EUR")
    cart.add("MUG-01", "Mug, blue", Money(850, "EUR"), 2)
    cart.add("POT-07", "Tea pot, one litre", Money(3000, "EUR"))
    return cart
