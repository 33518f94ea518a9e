"""Amounts in other currencies."""


def convert(cents: int, rate: str = "1") -> int:
    return cents
