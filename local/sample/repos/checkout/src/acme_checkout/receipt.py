"""The receipt: plain text, as wide as the paper in our tills."""

from __future__ import annotations

from acme_pricing import Money

from acme_checkout.cart import CartLine
from acme_checkout.orders import Order

WIDTH = 42


def render_receipt(order: Order) -> str:
    """The receipt of a paid order, ending with a newline."""
    rows = [f"Order {order.number}".ljust(WIDTH - 10) + order.day.isoformat(), "-" * WIDTH]
    for line in order.lines:
        rows += _line_rows(line)
    rows += ["-" * WIDTH, *_total_rows(order)]
    return "\n".join(rows) + "\n"


def _line_rows(line: CartLine) -> list[str]:
    return [line.title[:WIDTH], _row(f"  {line.quantity} x {line.unit_price}", line.amount)]


def _total_rows(order: Order) -> list[str]:
    totals = order.totals
    rows = [_row("Goods", totals.goods)]
    if totals.coupon.minor:
        rows.append(_row("Coupon", -totals.coupon))
    rows.append(_row("Shipping", totals.shipping))
    rows.append(_row("Total", totals.total))
    rows.append(_row("VAT included", totals.tax))
    return rows


def _row(label: str, amount: Money) -> str:
    return label.ljust(WIDTH - 14) + str(amount).rjust(14)
