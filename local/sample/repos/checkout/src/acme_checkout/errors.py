"""Everything a customer can be told when an order does not work out."""


class CheckoutError(Exception):
    """Base of all errors of this service; the text may be shown to the customer."""


class EmptyCart(CheckoutError):
    """There is nothing to order."""


class BadQuantity(CheckoutError):
    """A quantity below one, or above what one order may hold."""


class UnknownCoupon(CheckoutError):
    """The code does not exist or has expired."""


class NoDelivery(CheckoutError):
    """We do not deliver to that country."""


class PaymentDeclined(CheckoutError):
    """The payment provider said no."""
