"""Texts of our messages. Amounts arrive as finished text: nothing is calculated here."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from acme_notifications.errors import MissingValue, UnknownTemplate

_TEXTS = {
    ("order_confirmed", "en"): (
        "Your order $number",
        "Thank you, $name!\n\nOrder total: $total\nYour receipt is attached.\n",
    ),
    ("order_confirmed", "de"): (
        "Ihre Bestellung $number",
        "Vielen Dank, $name!\n\nSumme: $total\nDen Beleg finden Sie im Anhang.\n",
    ),
    ("order_sent", "en"): (
        "Order $number is on its way",
        "Hello $name,\n\nyour parcel left our house today: $tracking\n",
    ),
    ("campaign", "en"): (
        "$percent % discount for you",
        "Hello $name,\n\nwith the coupon $code you save $percent % until $last_day.\n",
    ),
}


@dataclass(frozen=True)
class Message:
    """A finished message, not yet addressed."""

    subject: str
    body: str


def render(name: str, language: str, /, **values: str) -> Message:
    """Fill in a template; falls back to English.

    Raises UnknownTemplate and MissingValue.
    """
    texts = _TEXTS.get((name, language)) or _TEXTS.get((name, "en"))
    if texts is None:
        raise UnknownTemplate(name)
    try:
        subject, body = (Template(text).substitute(values) for text in texts)
    except KeyError as error:
        raise MissingValue(f"{name} needs {error.args[0]}") from None
    return Message(subject, body)
